#!lua flags=no-writes
-- What a reaper has to know before it reaps: the time in ms, whether a removal waits, the bundles.
return reply('OK', now, redis.call('ZCARD', P .. 'cq'), redis.call('HKEYS', P .. 'bundles'))
