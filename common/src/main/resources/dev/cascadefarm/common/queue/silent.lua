#!lua flags=allow-oom
-- Takes back what a worker leases that is said to be gone, if its own heartbeat is silent too.
-- Answers how many leases are left for another call, or how long ago the worker was heard.
-- ARGV: worker, ms of silence, tasks at most, then the rules of stalls.
local worker, silence, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local rules = stall_rules(4)
local seen = tonumber(redis.call('HGET', P .. 'wk:' .. worker, 'seen') or 0)
if now - seen < silence then
  return reply('ALIVE', exact(now - seen))
end
for _, id in ipairs(redis.call('ZRANGE', P .. 'wl:' .. worker, 0, limit - 1)) do
  local t = task_of(id)
  if t and t.state == 'leased' and t.worker == worker then
    stall(t, rules)
  else
    redis.call('ZREM', P .. 'wl:' .. worker, id)
    redis.call('HINCRBY', P .. 'stat', 'dropped', 1)
  end
end
settle()
return reply('OK', redis.call('ZCARD', P .. 'wl:' .. worker))
