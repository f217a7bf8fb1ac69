#!lua flags=allow-oom
-- Extends leases; one answer for each task, in order. A lease past its time that nobody has reaped
-- is still its worker's. A lease that has to end is not extended, so it ends even if the worker
-- does not listen.
-- ARGV: lease ms; then six of each: task, nonce, progress ('done/total' or ''), store key of a
-- checkpoint to go on from ('' for none new), store key of the one that its worker could not go on
-- from ('' for none), and why.
local lease_ms = tonumber(ARGV[1])
local answers, states, extended, until_then = {}, {}, {}, now + lease_ms

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
  local t = read_task(id,
    {'state', 'nonce', 'stage', 'bundle', 'attempt', 'deadline', 'checkpoint'})
  if not t or t.state ~= 'leased' or t.nonce ~= nonce then
    return 'LOST'
  end
  states[t.job] = states[t.job] or redis.call('HGET', P .. 'job:' .. t.job, 'state')
  local verdict = 'OK'
  if not live(states[t.job]) then
    verdict = 'CANCEL'
  elseif now > tonumber(t.deadline) then
    verdict = 'DEADLINE'
  end
  local fields = {'started', 1}
  if progress ~= '' then
    fields[3], fields[4] = 'progress', progress
  end
  if verdict == 'OK' then
    fields[#fields + 1], fields[#fields + 2] = 'lease', until_then
    extended[t.bundle] = extended[t.bundle] or {}
    table.insert(extended[t.bundle], until_then)
    table.insert(extended[t.bundle], id)
  end
  redis.call('HSET', P .. 'task:' .. id, unpack(fields))
  if verdict ~= 'CANCEL' then
    note_checkpoints(t, checkpoint, refused, reason)
  end
  return verdict
end

for i = 2, #ARGV, 6 do
  answers[#answers + 1] = answer(unpack(ARGV, i, i + 5))
end
for bundle, scored in pairs(extended) do
  redis.call('ZADD', P .. 'lease:' .. bundle, unpack(scored))
end
return reply('OK', answers)
