#!lua flags=allow-oom
-- Leases ready tasks of one bundle. Asked again under the same request id, answers with what of the
-- first answer is still leased.
-- ARGV: worker, request, bundle, digest, count, lease ms, hard limit ms, idempotency tail ms, ms
-- between two probes of a bundle whose breaker is open; then one fresh nonce for each task.
local worker, request, bundle, digest = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local count, lease_ms, hard_ms = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local idem_ms, probe_ms = tonumber(ARGV[8]), tonumber(ARGV[9])
local FIRST_NONCE, LOOK_AHEAD, PROBES, RESERVED_MS, ALIVE_MS = 10, 8, 32, 60000, 5000
local wk, ring, st = P .. 'wk:' .. worker, P .. 'ring:' .. bundle, P .. 'st:' .. bundle

if redis.call('HGET', P .. 'bundles', bundle) ~= digest then
  return reply('WRONG_BUNDLE', {}, {})
end

local taken, jobs, job_seen = {}, {}, {}

-- Store keys of the manifests a task builds on: by stage, or STAGE/IMAGE where it gathers images.
local function manifests(t)
  local found = {}
  local j = redis.call('HMGET', P .. 'job:' .. t.job, 'plan', 'n')
  local s = stage_of(j[1], t.index)
  for before in string.gmatch(s.after, '%d+') do
    local p = stage_of(j[1], before)
    local prefix = P .. 'task:' .. t.job .. ':' .. p.name .. ':'
    if p.per == 'image' and s.per == 'job' then
      for i = 0, tonumber(j[2]) - 1 do
        found[#found + 1] = p.name .. '/' .. i
        found[#found + 1] = redis.call('HGET', prefix .. i, 'manifest')
      end
    else
      found[#found + 1] = p.name
      found[#found + 1] =
        redis.call('HGET', prefix .. (p.per == 'job' and 'job' or t.image), 'manifest')
    end
  end
  return found
end

local function hand_out(t, nonce)
  taken[#taken + 1] =
    {t.id, t.tenant, nonce, t.attempt, t.checkpoint or '', manifests(t)}
  if not job_seen[t.job] then
    job_seen[t.job] = true
    local plan = redis.call('HGET', P .. 'job:' .. t.job, 'plan')
    jobs[#jobs + 1] = {t.job, redis.call('GET', P .. 'spec:' .. t.job),
      redis.call('HGET', P .. 'plan:' .. plan, 'plan')}
  end
end

local function extend(t)
  redis.call('ZADD', P .. 'lease:' .. t.bundle, now + lease_ms, t.id)
  redis.call('HSET', P .. 'task:' .. t.id, 'lease', now + lease_ms)
end

local last = redis.call('HMGET', wk, 'request', 'got', 'alone')
if last[1] == request then
  for id, nonce in string.gmatch(last[2], '(%S+) (%S+)') do
    local t = task_of(id)
    if t and t.state == 'leased' and t.nonce == nonce then
      extend(t)
      hand_out(t, nonce)
    end
  end
  return reply('OK', taken, jobs)
end

local due = redis.call('ZRANGEBYSCORE', P .. 'dly:' .. bundle, '-inf', now, 'LIMIT', 0, 50)
for _, id in ipairs(due) do
  redis.call('ZREM', P .. 'dly:' .. bundle, id)
  local t = task_of(id)
  if t and t.state == 'delayed' then
    redis.call('HDEL', P .. 'task:' .. id, 'notbefore')
    ready(t)
  end
end

local stage = redis.call('HMGET', st, 'paused', 'max', 'open', 'probe', 'reserved', 'until')
local held = redis.call('ZCARD', P .. 'wl:' .. worker)

-- Whether this worker holds a task that has lost a worker before.
local function holds_suspect()
  local t = last[3] and task_of(last[3])
  return t and t.state == 'leased' and t.worker == worker
end

-- How many tasks this worker may get: what the stage allows, one at times to probe a stage that is
-- broken, and none for whoever runs a suspect or makes room for one.
local function room()
  local reserved = stage[5] == worker and now < tonumber(stage[6])
  if stage[1] or holds_suspect() or (reserved and held > 0) then
    return 0
  end
  local most = count
  if stage[2] then
    most = math.min(most, tonumber(stage[2]) - redis.call('ZCARD', P .. 'lease:' .. bundle))
  end
  if stage[3] then
    most = math.min(most, now >= tonumber(stage[4]) and 1 or 0)
  end
  return most
end

local most, got, alone = room(), {}, false

-- Whether someone else, who is not to be avoided either, could take the task.
local function has_others(t)
  local serving = redis.call('ZRANGEBYSCORE', P .. 'serve:' .. bundle, now - ALIVE_MS, '+inf',
    'LIMIT', 0, LOOK_AHEAD)
  for _, other in ipairs(serving) do
    if other ~= worker and not string.find(t.avoid, other, 1, true) then
      return true
    end
  end
  return false
end

-- A task that failed here goes elsewhere if it can. One that has lost a worker runs alone: taken by
-- a worker that holds nothing, for which the first to meet it makes room.
local function may_take(t)
  if t.avoid and string.find(t.avoid, worker, 1, true) and has_others(t) then
    return false
  elseif t.stalls == 0 then
    return true
  elseif held == 0 and #taken == 0 then
    alone = true
    return true
  end
  if not stage[5] or now >= tonumber(stage[6]) or stage[5] == worker then
    stage[5], stage[6] = worker, now + RESERVED_MS
    redis.call('HSET', st, 'reserved', worker, 'until', now + RESERVED_MS)
    most = #taken
  end
  return false
end

-- The first task of a tenant that this worker may take. What has no business there is dropped.
local function choose(tenant)
  local rdy = P .. 'rdy:' .. bundle .. ':' .. tenant
  for _, id in ipairs(redis.call('ZRANGE', rdy, 0, LOOK_AHEAD - 1)) do
    local t = task_of(id)
    if not t or t.state ~= 'ready' then
      redis.call('ZREM', rdy, id)
      redis.call('HINCRBY', P .. 'stat', 'dropped', 1)
    elseif not live(redis.call('HGET', P .. 'job:' .. t.job, 'state')) then
      redis.call('ZREM', rdy, id)
      redis.call('HSET', P .. 'task:' .. id, 'state', 'cancelled')
      close(t.job, tenant, 1, idem_ms)
    elseif may_take(t) then
      redis.call('ZREM', rdy, id)
      return t
    elseif #taken >= most then
      return nil
    end
  end
end

local function lease(t, nonce)
  t.attempt = t.attempt + 1
  redis.call('HSET', P .. 'task:' .. t.id, 'state', 'leased', 'nonce', nonce, 'worker', worker,
    'attempt', t.attempt, 'deadline', now + hard_ms)
  redis.call('HSETNX', P .. 'task:' .. t.id, 'claimed', now)
  redis.call('ZADD', P .. 'wl:' .. worker, now, t.id)
  redis.call('HINCRBY', P .. 'ten:' .. t.tenant, 'infl:' .. bundle, 1)
  extend(t)
  if redis.call('HGET', P .. 'job:' .. t.job, 'state') == 'queued' then
    redis.call('HSET', P .. 'job:' .. t.job, 'state', 'running', 'started', now)
    emit(t.job, 'job.running')
  end
  local row = string.match(t.checkpoint or '', '/checkpoint%-(%d+)%-')
  emit_task('task.started', t, 'worker', worker, unpack(row and {'row', row} or {}))
  hand_out(t, nonce)
  got[#got + 1] = t.id .. ' ' .. nonce
end

-- Moves the tenant forward in virtual time: the more weight, the shorter the step.
local function charge(tenant, pass)
  local weight = tonumber(redis.call('HGET', P .. 'ten:' .. tenant, 'weight') or 1)
  local next_pass = pass + 1 / weight
  redis.call('HSET', P .. 'ten:' .. tenant, 'pass:' .. bundle, exact(next_pass))
  redis.call('ZADD', ring, next_pass, tenant)
end

-- Tenants in the order of virtual time; those with nothing for this worker are passed over.
local over = 0
for _ = 1, count + PROBES do
  local first = #taken < most and not alone and redis.call('ZRANGE', ring, over, over, 'WITHSCORES')
  if not first or not first[1] then
    break
  end
  local tenant = first[1]
  local t = choose(tenant)
  if t then
    charge(tenant, tonumber(first[2]))
    lease(t, ARGV[FIRST_NONCE + #taken])
  elseif redis.call('ZCARD', P .. 'rdy:' .. bundle .. ':' .. tenant) > 0 then
    over = over + 1
  end
  sync(bundle, tenant)
end
if stage[3] and #taken > 0 then
  redis.call('HSET', st, 'probe', now + probe_ms)
end
if alone then
  redis.call('HSET', wk, 'alone', string.match(got[1], '%S+'))
  redis.call('HDEL', st, 'reserved', 'until')
end
redis.call('HSET', wk, 'request', request, 'got', table.concat(got, ' '))
redis.call('ZADD', P .. 'workers', now, worker)
return reply('OK', taken, jobs)
