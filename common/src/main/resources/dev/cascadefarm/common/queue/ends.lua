-- Joined behind the prelude, in front of every script: how leases, tasks and jobs end.

-- What a task that is done needs no more.
local OUTLIVED = {'error', 'checkpoint', 'notbefore'}

local caps_read = {}

local function has_cap(tenant)
  if caps_read[tenant] == nil then
    caps_read[tenant] = redis.call('HEXISTS', P .. 'ten:' .. tenant, 'cap') == 1
  end
  return caps_read[tenant]
end

-- Takes a lease away and remembers how it ended, for a repeated report; what follows are more fields
-- of the task and their values. Only a tenant with a cap can come back into a ring by this; it comes
-- after those who came before.
local function unlease(t, how, ...)
  local task_key = P .. 'task:' .. t.id
  if has_cap(t.tenant) then
    settle()
  end
  remove(P .. 'lease:' .. t.bundle, t.id)
  remove(P .. 'wl:' .. t.worker, t.id)
  sum(P .. 'ten:' .. t.tenant, 'infl:' .. t.bundle, -1)
  redis.call('HDEL', task_key, 'nonce', 'lease', 'deadline', 'started',
    unpack(how == 'done' and OUTLIVED or {}))
  redis.call('HSET', task_key, 'ended', t.nonce, 'how', how, ...)
  if has_cap(t.tenant) then
    settle()
    sync(t.bundle, t.tenant)
  end
end

-- Jobs that have ended, by time. Failed ones are kept for longer than others.
local function ended_key(state, tenant)
  return P .. (state == 'failed' and 'failed:' or 'done:') .. tenant
end

-- The end of a job; its event is the last one. The idempotency record now begins to age.
local function finish(job, tenant, state, idem_ms, ...)
  change(job, 'state', state)
  change(job, 'finished', now)
  redis.call('ZADD', ended_key(state, tenant), now, job)
  redis.call('ZADD', P .. 'gc', now, job)
  local idem = redis.call('HGET', P .. 'job:' .. job, 'idem')
  if idem then
    redis.call('PEXPIRE', P .. 'idem:' .. tenant .. ':' .. idem, idem_ms)
  end
  emit(job, 'job.' .. state, ...)
end

-- Ends a job none of whose tasks is open.
local function conclude(job, tenant, idem_ms)
  local state = job_of(job).state
  if state == 'cancelling' then
    finish(job, tenant, 'cancelled', idem_ms)
  elseif live(state) then
    finish(job, tenant, 'succeeded', idem_ms)
  end
end

-- Counts tasks of a job as over, and ends the job with the last of them.
local function close(job, tenant, count, idem_ms)
  sum(P .. 'ten:' .. tenant, 'backlog', -count)
  local open = tonumber(job_of(job).open or 0) - count
  change(job, 'open', open)
  if open == 0 then
    conclude(job, tenant, idem_ms)
  end
end

local function stages_in(plan)
  return stage_of(plan, 0).count
end

-- Removes what of a job is not leased, at most `limit` places of its grid of stages and images per
-- call; the rest waits in `cq`. Leased tasks end when their workers hear of it.
local function sweep(job, limit, idem_ms)
  settle()
  local j = job_of(job)
  local v = redis.call('HMGET', P .. 'job:' .. job, 'tenant', 'sweep')
  local tenant, n, plan, from = v[1], tonumber(j.n), j.plan, tonumber(v[2] or 0)
  local stages = stages_in(plan)
  local over = redis.call('HLEN', P .. 'pend:' .. job)
  redis.call('UNLINK', P .. 'pend:' .. job)
  local to = math.min(from + limit, stages * n)
  local index, s
  for place = from, to - 1 do
    if index ~= math.floor(place / n) then
      index = math.floor(place / n)
      s = stage_of(plan, index)
    end
    local image = place % n
    if s.per == 'image' or image == 0 then
      local id = job .. ':' .. s.name .. ':' .. (s.per == 'job' and 'job' or image)
      local state = redis.call('HGET', P .. 'task:' .. id, 'state')
      if state == 'ready' or state == 'delayed' then
        redis.call('ZREM', P .. 'rdy:' .. s.bundle .. ':' .. tenant, id)
        redis.call('ZREM', P .. 'dly:' .. s.bundle, id)
        redis.call('HSET', P .. 'task:' .. id, 'state', 'cancelled')
        sync(s.bundle, tenant)
        over = over + 1
      end
    end
  end
  if to < stages * n then
    redis.call('HSET', P .. 'job:' .. job, 'sweep', to)
    redis.call('ZADD', P .. 'cq', now, job)
  else
    redis.call('HDEL', P .. 'job:' .. job, 'sweep')
    redis.call('ZREM', P .. 'cq', job)
  end
  if over > 0 then
    close(job, tenant, over, idem_ms)
  end
end

-- Ends a lease whose job is no longer wanted.
local function drop(t, idem_ms)
  unlease(t, 'cancelled', 'state', 'cancelled')
  close(t.job, t.tenant, 1, idem_ms)
end

-- A task that will not be tried again takes its job with it.
local function die(t, kind, reason, idem_ms)
  unlease(t, 'dead', 'state', 'dead', 'error', reason, 'kind', kind, 'died', now)
  redis.call('ZADD', P .. 'dead', redis.call('INCR', P .. 'seq'), t.id)
  change(t.job, 'error', t.stage .. ': ' .. reason)
  emit_task('task.dead', t, 'kind', kind, 'reason', reason, 'failures', t.failures,
    'stalls', t.stalls)
  finish(t.job, t.tenant, 'failed', idem_ms, 'reason', t.stage .. ': ' .. reason)
  close(t.job, t.tenant, 1, idem_ms)
  sweep(t.job, 200, idem_ms)
end

local function retry_now(t, kind, reason)
  unlease(t, 'retried', 'state', 'ready')
  wait_for_worker(t)
  emit_task('task.retried', t, 'kind', kind, 'reason', reason)
end

local function retry_later(t, kind, reason, delay)
  unlease(t, 'retried', 'state', 'delayed', 'notbefore', now + delay, 'error', reason)
  add(P .. 'dly:' .. t.bundle, now + delay, t.id)
  emit_task('task.retried', t, 'kind', kind, 'reason', reason, 'failures', t.failures,
    'delay_ms', delay)
end

