#!lua flags=no-writes
-- What operators did, the latest first. ARGV: below which entry ('+' or '(' and an id), at most.
return reply('OK', redis.call('XREVRANGE', P .. 'acts', ARGV[1], '-', 'COUNT', tonumber(ARGV[2])))
