#!lua flags=allow-oom
-- Extends leases; one answer for each task, in order. A lease past its time that nobody has reaped
-- is still its worker's. A lease that has to end is not extended, so it ends even if the worker
-- does not listen.
-- ARGV: lease ms; then six of each: task, nonce, progress ('done/total' or ''), store key of a
-- checkpoint to go on from ('' for none new), store key of the one that its worker could not go on
-- from ('' for none), and why.
local lease_ms = tonumber(ARGV[1])
local answers, states = {}, {}

local function row_of(checkpoint)
  return tonumber(string.match(checkpoint or '', '/checkpoint%-(%d+)%-') or 0)
end

-- Said again after a lost answer, or late, neither does anything: checkpoints only go forward. A
-- task that has got on since workers were lost with it is not what they were lost by.
local function note_checkpoints(t, checkpoint, refused, reason)
  if refused ~= '' and t.checkpoint == refused then
    redis.call('HDEL', P .. 'task:' .. t.id, 'checkpoint')
    t.checkpoint = nil
    emit_task('task.restarted', t, 'reason', reason)
  end
  if row_of(checkpoint) > row_of(t.checkpoint) then
    redis.call('HSET', P .. 'task:' .. t.id, 'checkpoint', checkpoint)
    redis.call('HDEL', P .. 'task:' .. t.id, 'stalls', 'stalled')
  end
end

local function answer(id, nonce, progress, checkpoint, refused, reason)
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
  end
  note_checkpoints(t, checkpoint, refused, reason)
  if now > tonumber(t.deadline) then
    return 'DEADLINE'
  end
  redis.call('ZADD', P .. 'lease:' .. t.bundle, now + lease_ms, id)
  redis.call('HSET', P .. 'task:' .. id, 'lease', now + lease_ms)
  return 'OK'
end

for i = 2, #ARGV, 6 do
  answers[#answers + 1] = answer(unpack(ARGV, i, i + 5))
end
return reply('OK', answers)
