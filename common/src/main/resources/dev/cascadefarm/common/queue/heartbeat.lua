#!lua flags=allow-oom
-- Notes that a worker lives, what it serves and what a task costs there, and forgets a few that have
-- long been silent.
-- ARGV: worker, description, bundle, ms of silence after which a worker is forgotten, device-seconds
-- of a task or ''.
local worker, serve = ARGV[1], P .. 'serve:' .. ARGV[3]
local long_ago = '(' .. now - tonumber(ARGV[4])
redis.call('HSET', P .. 'wk:' .. worker, 'info', ARGV[2], 'seen', now)
redis.call('ZADD', P .. 'workers', now, worker)
redis.call('ZADD', serve, now, worker)
if ARGV[5] ~= '' then
  redis.call('HSET', P .. 'st:' .. ARGV[3], 'seconds', ARGV[5])
end
redis.call('ZREMRANGEBYSCORE', serve, '-inf', long_ago)
local silent = redis.call('ZRANGEBYSCORE', P .. 'workers', '-inf', long_ago, 'LIMIT', 0, 10)
for _, gone in ipairs(silent) do
  if redis.call('EXISTS', P .. 'wl:' .. gone) == 0 then
    redis.call('DEL', P .. 'wk:' .. gone)
    redis.call('ZREM', P .. 'workers', gone)
  end
end
return reply('OK')
