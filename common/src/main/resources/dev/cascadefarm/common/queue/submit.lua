#!lua
-- Creates a job and readies its first tasks, once per job id and idempotency key.
-- ARGV: job, tenant, key or '', digest, priority, ageing ms per level, images, task limit of a tenant
-- that has none of its own, spec, digest of the plan, plan, stage count; then for each stage its
-- name, bundle, bundle digest, 'job' or 'image', indexes of the stages before it, indexes of the
-- stages after it.
local job, tenant, key, digest = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local priority, ageing, n = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local plan, count = ARGV[10], tonumber(ARGV[12])
local job_key, idem_key = P .. 'job:' .. job, P .. 'idem:' .. tenant .. ':' .. key
local ten_key, plan_key = P .. 'ten:' .. tenant, P .. 'plan:' .. plan
local BACKLOG_RETRY_MS = 5000

local earlier = key ~= '' and redis.call('HMGET', idem_key, 'job', 'digest') or {}
if earlier[1] then
  return reply(earlier[2] == digest and 'REPLAYED' or 'CONFLICT', earlier[1])
end
local same = redis.call('HMGET', job_key, 'tenant', 'digest')
if same[1] then
  return reply(same[1] == tenant and same[2] == digest and 'REPLAYED' or 'CONFLICT', job)
end

local stages, bundles, tasks = {}, {}, 0
for i = 0, count - 1 do
  local at = 13 + 6 * i
  local s = {name = ARGV[at], bundle = ARGV[at + 1], digest = ARGV[at + 2], per = ARGV[at + 3],
    after = ARGV[at + 4], next = ARGV[at + 5]}
  stages[i] = s
  bundles[i + 1] = s.bundle
  tasks = tasks + (s.per == 'job' and 1 or n)
end
local known = redis.call('HMGET', P .. 'bundles', unpack(bundles))
for i = 0, count - 1 do
  if known[i + 1] and known[i + 1] ~= stages[i].digest then
    return reply('WRONG_BUNDLE', stages[i].bundle, known[i + 1])
  end
end

local ten = redis.call('HMGET', ten_key, 'backlog', 'most', 'rate', 'burst', 'tokens', 'refilled')
local backlog, most = tonumber(ten[1] or 0), tonumber(ten[2] or ARGV[8])
if backlog + tasks > most then
  return reply('LIMIT', 'backlog', backlog .. ' of ' .. most, BACKLOG_RETRY_MS)
end
local rate, tokens = tonumber(ten[3]), nil
if rate then
  local burst = tonumber(ten[4])
  local grown = (now - tonumber(ten[6] or now)) / 1000 * rate
  tokens = math.min(burst, tonumber(ten[5] or burst) + math.max(0, grown)) - 1
  if tokens < 0 then
    return reply('LIMIT', 'rate', ten[3] .. ' per second', math.ceil(-tokens / rate * 1000))
  end
end

if not written then
  redis.call('HSET', KEYS[1], 'schema', SCHEMA)
end
if rate then
  redis.call('HSET', ten_key, 'tokens', exact(tokens), 'refilled', now)
end
if redis.call('EXISTS', plan_key) == 0 then
  redis.call('HSET', plan_key, 'plan', ARGV[11], 'stages', count)
  for i = 0, count - 1 do
    local s = stages[i]
    local at = i .. '.'
    redis.call('HSET', plan_key, at .. 'name', s.name, at .. 'bundle', s.bundle,
      at .. 'per', s.per, at .. 'after', s.after, at .. 'next', s.next)
  end
end
local base = now - priority * ageing
local seq = redis.call('INCR', P .. 'seq')
redis.call('HSET', job_key, 'tenant', tenant, 'state', 'queued', 'prio', priority,
  'digest', digest, 'base', exact(base), 'n', n, 'plan', plan, 'open', tasks, 'seq', seq,
  'created', now, 'ev', 1, unpack(key ~= '' and {'idem', key} or {}))
redis.call('SET', P .. 'spec:' .. job, ARGV[9])
redis.call('ZADD', P .. 'jobs:' .. tenant, seq, job)
if not ten[1] then
  redis.call('SADD', P .. 'tenants', tenant)
end
redis.call('HINCRBY', ten_key, 'backlog', tasks)
if key ~= '' then
  redis.call('HSET', idem_key, 'job', job, 'digest', digest)
end
changed[job] = true
local pending = {}
for i = 0, count - 1 do
  local s = stages[i]
  if not known[i + 1] then
    redis.call('HSETNX', P .. 'bundles', s.bundle, s.digest)
  end
  local waits = waits_for(stages, s, n)
  for image = 0, (s.per == 'job' and 0 or n - 1) do
    local name = s.per == 'job' and 'job' or tostring(image)
    if waits == 0 then
      create(job, tenant, base, i, s, name)
    else
      pending[#pending + 1] = s.name .. ':' .. name
      pending[#pending + 1] = waits
    end
  end
end
if #pending > 0 then
  redis.call('HSET', P .. 'pend:' .. job, unpack(pending))
end
return reply('CREATED', job)
