#!lua flags=allow-oom
-- Leases ready tasks of one bundle. Asked again under the same request id, answers with what of the
-- first answer is still leased.
-- ARGV: worker, request, bundle, digest, count, lease ms, hard limit ms, idempotency tail ms; then
-- one fresh nonce for each task.
local worker, request, bundle, digest = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local count, lease_ms, hard_ms = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local idem_ms = tonumber(ARGV[8])
local wk, ring = P .. 'wk:' .. worker, P .. 'ring:' .. bundle

if redis.call('HGET', P .. 'bundles', bundle) ~= digest then
  return reply('WRONG_BUNDLE', {}, {})
end

local taken, jobs, job_seen = {}, {}, {}

-- Store keys of the manifests a task builds on: by stage, or STAGE/IMAGE where it gathers images.
local function manifests(t)
  local found = {}
  local s = stage_of(t.job, t.index)
  for before in string.gmatch(s.after, '%d+') do
    local p = stage_of(t.job, before)
    local prefix = P .. 'task:' .. t.job .. ':' .. p.name .. ':'
    if p.per == 'image' and s.per == 'job' then
      for i = 0, tonumber(redis.call('HGET', P .. 'job:' .. t.job, 'n')) - 1 do
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
    local pay = redis.call('HMGET', P .. 'pay:' .. t.job, 'spec', 'plan')
    jobs[#jobs + 1] = {t.job, pay[1], pay[2]}
  end
end

local function extend(t)
  redis.call('ZADD', P .. 'lease:' .. bundle, now + lease_ms, t.id)
  redis.call('HSET', P .. 'task:' .. t.id, 'lease', now + lease_ms)
end

local last = redis.call('HMGET', wk, 'request', 'got')
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
  emit_task('task.started', t, 'worker', worker)
  hand_out(t, nonce)
end

-- Moves the tenant forward in virtual time: the more weight, the shorter the step.
local function charge(tenant, pass)
  local weight = tonumber(redis.call('HGET', P .. 'ten:' .. tenant, 'weight') or 1)
  local next_pass = pass + 1 / weight
  redis.call('HSET', P .. 'ten:' .. tenant, 'pass:' .. bundle, exact(next_pass))
  redis.call('ZADD', ring, next_pass, tenant)
end

local got = {}
for _ = 1, count + 32 do
  local first = redis.call('ZRANGE', ring, 0, 0, 'WITHSCORES')
  if #taken == count or not first[1] then
    break
  end
  local tenant = first[1]
  local rdy = P .. 'rdy:' .. bundle .. ':' .. tenant
  local id = redis.call('ZRANGE', rdy, 0, 0)[1]
  local t = id and task_of(id)
  if id then
    redis.call('ZREM', rdy, id)
  end
  if t and t.state == 'ready' then
    if live(redis.call('HGET', P .. 'job:' .. t.job, 'state')) then
      local nonce = ARGV[9 + #taken]
      charge(tenant, tonumber(first[2]))
      lease(t, nonce)
      got[#got + 1] = id .. ' ' .. nonce
    else
      redis.call('HSET', P .. 'task:' .. id, 'state', 'cancelled')
      close(t.job, tenant, 1, idem_ms)
    end
  else
    redis.call('HINCRBY', P .. 'stat', 'dropped', 1)
  end
  sync(bundle, tenant)
end
redis.call('HSET', wk, 'request', request, 'got', table.concat(got, ' '))
redis.call('ZADD', P .. 'workers', now, worker)
return reply('OK', taken, jobs)
