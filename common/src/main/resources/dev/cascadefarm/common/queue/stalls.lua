-- Joined in front of the scripts that take leases back, after the prelude.

-- Remembers the last workers at which a task failed.
local function avoid(t)
  local seen = {t.worker}
  for worker in string.gmatch(t.avoid or '', '%S+') do
    if worker ~= t.worker and #seen < 3 then
      seen[#seen + 1] = worker
    end
  end
  redis.call('HSET', P .. 'task:' .. t.id, 'avoid', table.concat(seen, ' '))
end

-- Takes back the lease of a worker that is gone; answers what the task is then. A task that never
-- started does not count as stalled: a lost reply is nobody's fault.
local function stall(t, rules)
  local task_key = P .. 'task:' .. t.id
  if not live(job_of(t.job).state) then
    drop(t, rules.idem_ms)
    return 'cancelled'
  end
  local reason
  if t.started then
    local first = tonumber(t.stalled or now)
    local fresh = now - first > rules.window_ms
    t.stalls = fresh and 1 or t.stalls + 1
    redis.call('HSET', task_key, 'stalls', t.stalls, 'stalled', fresh and now or first)
    avoid(t)
    reason = 'its worker stopped reporting'
  else
    t.lost = redis.call('HINCRBY', task_key, 'lost', 1)
    reason = 'it was leased but never started'
  end
  if t.stalls >= rules.stalls or t.lost >= rules.lost then
    die(t, 'stalled', reason, rules.idem_ms)
    return 'dead'
  end
  retry_now(t, 'stalled', reason)
  return 'ready'
end

-- From four arguments: stalls allowed, lost starts allowed, ms after which a stall is forgotten,
-- idempotency tail ms.
local function stall_rules(at)
  return {stalls = tonumber(ARGV[at]), lost = tonumber(ARGV[at + 1]),
    window_ms = tonumber(ARGV[at + 2]), idem_ms = tonumber(ARGV[at + 3])}
end

