#!lua flags=allow-oom
-- Notes that a worker lives and forgets a few that have long been silent.
-- ARGV: worker, description, ms of silence after which a worker is forgotten.
local worker = ARGV[1]
redis.call('HSET', P .. 'wk:' .. worker, 'info', ARGV[2], 'seen', now)
redis.call('ZADD', P .. 'workers', now, worker)
local silent = redis.call('ZRANGEBYSCORE', P .. 'workers', '-inf', '(' .. now - tonumber(ARGV[3]),
  'LIMIT', 0, 10)
for _, gone in ipairs(silent) do
  if redis.call('EXISTS', P .. 'wl:' .. gone) == 0 then
    redis.call('DEL', P .. 'wk:' .. gone)
    redis.call('ZREM', P .. 'workers', gone)
  end
end
return reply('OK')
