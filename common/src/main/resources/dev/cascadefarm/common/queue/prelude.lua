-- Joined in front of every script, after its shebang. KEYS[1] is the configuration hash, whose key
-- gives the prefix of all others; they share one hash tag, so keys found on the way are in its slot.
-- Replies: code, bundles with new ready tasks, jobs whose event log grew, then what the script says.
local SCHEMA = '2'
local LOG_LENGTH = 2000
local FAR = 9007199254740991

local P = string.sub(KEYS[1], 1, -4)
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local readied, changed = {}, {}

local function names(set)
  local list = {}
  for name in pairs(set) do
    list[#list + 1] = name
  end
  return list
end

local function reply(code, ...)
  return {code, names(readied), names(changed), ...}
end

local written = redis.call('HGET', KEYS[1], 'schema')
if written and written ~= SCHEMA then
  return reply('WRONG_SCHEMA', written, SCHEMA)
end

local function exact(number)
  return string.format('%.17g', number)
end

local function live(state)
  return state == 'queued' or state == 'running'
end

-- Appends to the job's log; the sequence is the entry's id, so it cannot repeat. The first event of
-- a job is its creation and is read from the job itself: a job that waits needs no log yet.
local function emit(job, kind, ...)
  local seq = redis.call('HINCRBY', P .. 'job:' .. job, 'ev', 1)
  redis.call('XADD', P .. 'ev:' .. job, 'MAXLEN', LOG_LENGTH, seq .. '-0',
    'type', kind, 'at', now, ...)
  changed[job] = true
end

local function emit_task(kind, t, ...)
  if t.image == 'job' then
    emit(t.job, kind, 'stage', t.stage, 'attempt', t.attempt, ...)
  else
    emit(t.job, kind, 'stage', t.stage, 'image', t.image, 'attempt', t.attempt, ...)
  end
end

-- A tenant is in the ring of a bundle if and only if it has ready tasks there, a place below its
-- cap, and neither is paused. Coming back, it gets no credit for the time it was away.
local function sync(bundle, tenant)
  local ring = P .. 'ring:' .. bundle
  local ready = redis.call('ZCARD', P .. 'rdy:' .. bundle .. ':' .. tenant)
  local ten = redis.call('HMGET', P .. 'ten:' .. tenant,
    'infl:' .. bundle, 'cap', 'paused', 'pass:' .. bundle)
  local paused = ten[3] or redis.call('HGET', P .. 'st:' .. bundle, 'paused')
  if ready == 0 or paused or tonumber(ten[1] or 0) >= tonumber(ten[2] or FAR) then
    redis.call('ZREM', ring, tenant)
  elseif not redis.call('ZSCORE', ring, tenant) then
    local first = redis.call('ZRANGE', ring, 0, 0, 'WITHSCORES')
    redis.call('ZADD', ring, math.max(tonumber(ten[4] or 0), tonumber(first[2] or 0)), tenant)
  end
end

-- Jobs with the same plan share its table of stages.
local function stage_of(plan, index)
  local at = index .. '.'
  local v = redis.call('HMGET', P .. 'plan:' .. plan,
    at .. 'name', at .. 'bundle', at .. 'per', at .. 'after', at .. 'next')
  return {name = v[1], bundle = v[2], per = v[3], after = v[4], next = v[5]}
end

local TASK_FIELDS = {'state', 'stage', 'bundle', 'tenant', 'score', 'attempt', 'nonce', 'worker',
  'started', 'ended', 'how', 'failures', 'stalls', 'lost', 'infra', 'deadline', 'checkpoint',
  'stalled', 'avoid'}

-- A task with its counters as numbers, or nil.
local function task_of(id)
  local v = redis.call('HMGET', P .. 'task:' .. id, unpack(TASK_FIELDS))
  if not v[1] then
    return nil
  end
  local t = {id = id}
  for i, field in ipairs(TASK_FIELDS) do
    t[field] = v[i]
  end
  t.index = t.stage
  t.job, t.stage, t.image = string.match(id, '^([^:]+):([^:]+):([^:]+)$')
  for _, counter in ipairs({'attempt', 'failures', 'stalls', 'lost', 'infra'}) do
    t[counter] = tonumber(t[counter] or 0)
  end
  return t
end

local function ready(t)
  redis.call('HSET', P .. 'task:' .. t.id, 'state', 'ready')
  redis.call('ZADD', P .. 'rdy:' .. t.bundle .. ':' .. t.tenant, t.score, t.id)
  sync(t.bundle, t.tenant)
  readied[t.bundle] = true
end

-- The first appearance of a task whose predecessors are complete. Older jobs go first, images of
-- one job in their order: a score holds milliseconds and, below one, the image.
local function create(job, tenant, base, index, s, image)
  local id = job .. ':' .. s.name .. ':' .. image
  local score = exact(base + (tonumber(image) or 0) / 128)
  redis.call('HSET', P .. 'task:' .. id, 'state', 'ready', 'stage', index, 'bundle', s.bundle,
    'tenant', tenant, 'score', score, 'attempt', 0)
  ready({id = id, bundle = s.bundle, tenant = tenant, score = score})
end

-- Takes a lease away and remembers how it ended, for a repeated report.
local function unlease(t, how)
  redis.call('ZREM', P .. 'lease:' .. t.bundle, t.id)
  redis.call('ZREM', P .. 'wl:' .. t.worker, t.id)
  redis.call('HINCRBY', P .. 'ten:' .. t.tenant, 'infl:' .. t.bundle, -1)
  redis.call('HDEL', P .. 'task:' .. t.id, 'nonce', 'lease', 'deadline', 'started')
  redis.call('HSET', P .. 'task:' .. t.id, 'ended', t.nonce, 'how', how)
  sync(t.bundle, t.tenant)
end

-- Jobs that have ended, by time. Failed ones are kept for longer than others.
local function ended_key(state, tenant)
  return P .. (state == 'failed' and 'failed:' or 'done:') .. tenant
end

-- The end of a job; its event is the last one. The idempotency record now begins to age.
local function finish(job, tenant, state, idem_ms, ...)
  redis.call('HSET', P .. 'job:' .. job, 'state', state, 'finished', now)
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
  local state = redis.call('HGET', P .. 'job:' .. job, 'state')
  if state == 'cancelling' then
    finish(job, tenant, 'cancelled', idem_ms)
  elseif live(state) then
    finish(job, tenant, 'succeeded', idem_ms)
  end
end

-- Counts tasks of a job as over, and ends the job with the last of them.
local function close(job, tenant, count, idem_ms)
  redis.call('HINCRBY', P .. 'ten:' .. tenant, 'backlog', -count)
  if redis.call('HINCRBY', P .. 'job:' .. job, 'open', -count) == 0 then
    conclude(job, tenant, idem_ms)
  end
end

local function stages_in(plan)
  return tonumber(redis.call('HGET', P .. 'plan:' .. plan, 'stages'))
end

-- Removes what of a job is not leased, at most `limit` places of its grid of stages and images per
-- call; the rest waits in `cq`. Leased tasks end when their workers hear of it.
local function sweep(job, limit, idem_ms)
  local v = redis.call('HMGET', P .. 'job:' .. job, 'tenant', 'n', 'plan', 'sweep')
  local tenant, n, plan, from = v[1], tonumber(v[2]), v[3], tonumber(v[4] or 0)
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
  unlease(t, 'cancelled')
  redis.call('HSET', P .. 'task:' .. t.id, 'state', 'cancelled')
  close(t.job, t.tenant, 1, idem_ms)
end

-- A task that will not be tried again takes its job with it.
local function die(t, kind, reason, idem_ms)
  unlease(t, 'dead')
  redis.call('HSET', P .. 'task:' .. t.id, 'state', 'dead', 'error', reason, 'kind', kind,
    'died', now)
  redis.call('ZADD', P .. 'dead', redis.call('INCR', P .. 'seq'), t.id)
  redis.call('HSET', P .. 'job:' .. t.job, 'error', t.stage .. ': ' .. reason)
  emit_task('task.dead', t, 'kind', kind, 'reason', reason, 'failures', t.failures,
    'stalls', t.stalls)
  finish(t.job, t.tenant, 'failed', idem_ms, 'reason', t.stage .. ': ' .. reason)
  close(t.job, t.tenant, 1, idem_ms)
  sweep(t.job, 200, idem_ms)
end

local function retry_now(t, kind, reason)
  unlease(t, 'retried')
  ready(t)
  emit_task('task.retried', t, 'kind', kind, 'reason', reason)
end

local function retry_later(t, kind, reason, delay)
  unlease(t, 'retried')
  redis.call('HSET', P .. 'task:' .. t.id, 'state', 'delayed', 'notbefore', now + delay,
    'error', reason)
  redis.call('ZADD', P .. 'dly:' .. t.bundle, now + delay, t.id)
  emit_task('task.retried', t, 'kind', kind, 'reason', reason, 'failures', t.failures,
    'delay_ms', delay)
end

-- The tasks of stage `to` that wait for a task of stage `from`.
local function images_after(from, to, image, n)
  if to.per == 'job' then
    return {'job'}
  elseif from.per == 'image' then
    return {image}
  end
  local all = {}
  for i = 0, n - 1 do
    all[#all + 1] = tostring(i)
  end
  return all
end

-- How many tasks a task of stage `s` waits for.
local function waits_for(stages, s, n)
  local count = 0
  for before in string.gmatch(s.after, '%d+') do
    local fan_in = s.per == 'job' and stages[tonumber(before)].per == 'image'
    count = count + (fan_in and n or 1)
  end
  return count
end

