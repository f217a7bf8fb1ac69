#!lua flags=allow-oom
-- Extends leases; one answer for each task, in order. A lease past its time that nobody has reaped
-- is still its worker's. A lease that has to end is not extended, so it ends even if the worker
-- does not listen.
-- ARGV: lease ms; then task, nonce and progress ('done/total' or '') of each.
local lease_ms = tonumber(ARGV[1])
local answers, states = {}, {}

local function answer(id, nonce, progress)
  local t = task_of(id)
  if not t or t.state ~= 'leased' or t.nonce ~= nonce then
    return 'LOST'
  end
  states[t.job] = states[t.job] or redis.call('HGET', P .. 'job:' .. t.job, 'state')
  redis.call('HSET', P .. 'task:' .. id, 'started', 1)
  if progress ~= '' then
    redis.call('HSET', P .. 'task:' .. id, 'progress', progress)
  end
  if not live(states[t.job]) then
    return 'CANCEL'
  elseif now > tonumber(t.deadline) then
    return 'DEADLINE'
  end
  redis.call('ZADD', P .. 'lease:' .. t.bundle, now + lease_ms, id)
  redis.call('HSET', P .. 'task:' .. id, 'lease', now + lease_ms)
  return 'OK'
end

for i = 2, #ARGV, 3 do
  answers[#answers + 1] = answer(ARGV[i], ARGV[i + 1], ARGV[i + 2])
end
return reply('OK', answers)
