#!lua flags=allow-oom
-- Takes back the leases of one bundle that ended long enough ago for their workers to have stopped.
-- A task that never started does not count as stalled: a lost reply is nobody's fault.
-- ARGV: bundle, tasks at most, ms after the end of a lease, stalls allowed, lost starts allowed,
-- ms after which a stall is forgotten, idempotency tail ms.
local bundle, limit, wait_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local stalls_allowed, lost_allowed = tonumber(ARGV[4]), tonumber(ARGV[5])
local window_ms, idem_ms = tonumber(ARGV[6]), tonumber(ARGV[7])
local again, dead = 0, 0

local function reap(t)
  local task_key = P .. 'task:' .. t.id
  if not live(redis.call('HGET', P .. 'job:' .. t.job, 'state')) then
    drop(t, idem_ms)
    return
  end
  local reason
  if t.started then
    local first = tonumber(t.stalled or now)
    local fresh = now - first > window_ms
    t.stalls = fresh and 1 or t.stalls + 1
    redis.call('HSET', task_key, 'stalls', t.stalls, 'stalled', fresh and now or first)
    reason = 'its worker stopped reporting'
  else
    t.lost = redis.call('HINCRBY', task_key, 'lost', 1)
    reason = 'it was leased but never started'
  end
  if t.stalls >= stalls_allowed or t.lost >= lost_allowed then
    die(t, 'stalled', reason, idem_ms)
    dead = dead + 1
  else
    retry_now(t, 'stalled', reason)
    again = again + 1
  end
end

local late = redis.call('ZRANGEBYSCORE', P .. 'lease:' .. bundle, '-inf', '(' .. now - wait_ms,
  'LIMIT', 0, limit)
for _, id in ipairs(late) do
  local t = task_of(id)
  if t and t.state == 'leased' then
    reap(t)
  else
    redis.call('ZREM', P .. 'lease:' .. bundle, id)
    redis.call('HINCRBY', P .. 'stat', 'dropped', 1)
  end
end
return reply('OK', again, dead, #late)
