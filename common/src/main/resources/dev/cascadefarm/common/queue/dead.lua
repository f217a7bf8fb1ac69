#!lua flags=no-writes
-- Tasks that will not be tried again, the latest first, each with its sequence; and how many there
-- are in all.
-- ARGV: below which sequence ('+inf' or '(' and a number), tasks at most.
local found = {}
local page = redis.call('ZREVRANGEBYSCORE', P .. 'dead', ARGV[1], '-inf', 'WITHSCORES',
  'LIMIT', 0, tonumber(ARGV[2]))
for i = 1, #page, 2 do
  local v = redis.call('HMGET', P .. 'task:' .. page[i], 'tenant', 'bundle', 'kind', 'error',
    'died', 'attempt', 'failures', 'stalls', 'lost')
  found[#found + 1] = {page[i + 1], page[i], unpack(v, 1, 9)}
end
return reply('OK', found, redis.call('ZCARD', P .. 'dead'))
