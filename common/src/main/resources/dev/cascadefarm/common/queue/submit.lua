#!lua
-- Creates a job and readies its first tasks, once per job id and idempotency key.
-- ARGV: job, tenant, key or '', digest, priority, ageing ms per level, images, task limit of the
-- tenant, spec, plan, stage count; then for each stage its name, bundle, bundle digest, 'job' or
-- 'image', indexes of the stages before it, indexes of the stages after it.
local job, tenant, key, digest = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local priority, ageing, n = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local count = tonumber(ARGV[11])
local job_key, idem_key = P .. 'job:' .. job, P .. 'idem:' .. tenant .. ':' .. key

local earlier = key ~= '' and redis.call('HMGET', idem_key, 'job', 'digest') or {}
if earlier[1] then
  return reply(earlier[2] == digest and 'REPLAYED' or 'CONFLICT', earlier[1])
end
local same = redis.call('HMGET', job_key, 'tenant', 'digest')
if same[1] then
  return reply(same[1] == tenant and same[2] == digest and 'REPLAYED' or 'CONFLICT', job)
end

local stages, tasks = {}, 0
for i = 0, count - 1 do
  local at = 12 + 6 * i
  local s = {name = ARGV[at], bundle = ARGV[at + 1], digest = ARGV[at + 2], per = ARGV[at + 3],
    after = ARGV[at + 4], next = ARGV[at + 5]}
  local known = redis.call('HGET', P .. 'bundles', s.bundle)
  if known and known ~= s.digest then
    return reply('WRONG_BUNDLE', s.bundle, known)
  end
  stages[i] = s
  tasks = tasks + (s.per == 'job' and 1 or n)
end
local backlog = tonumber(redis.call('HGET', P .. 'ten:' .. tenant, 'backlog') or 0)
if backlog + tasks > tonumber(ARGV[8]) then
  return reply('LIMIT', job, tostring(backlog))
end

redis.call('HSETNX', KEYS[1], 'schema', SCHEMA)
local base = now - priority * ageing
local seq = redis.call('INCR', P .. 'seq')
redis.call('HSET', job_key, 'tenant', tenant, 'state', 'queued', 'prio', priority,
  'digest', digest, 'base', exact(base), 'n', n, 'stages', count, 'open', tasks, 'seq', seq,
  'created', now)
redis.call('HSET', P .. 'pay:' .. job, 'spec', ARGV[9], 'plan', ARGV[10])
redis.call('ZADD', P .. 'jobs:' .. tenant, seq, job)
redis.call('HINCRBY', P .. 'ten:' .. tenant, 'backlog', tasks)
if key ~= '' then
  redis.call('HSET', P .. 'pay:' .. job, 'idem', key)
  redis.call('HSET', idem_key, 'job', job, 'digest', digest)
end
emit(job, 'job.queued')
for i = 0, count - 1 do
  local s = stages[i]
  local at = 's.' .. i .. '.'
  redis.call('HSETNX', P .. 'bundles', s.bundle, s.digest)
  redis.call('HSET', job_key, at .. 'name', s.name, at .. 'bundle', s.bundle,
    at .. 'digest', s.digest, at .. 'per', s.per, at .. 'after', s.after, at .. 'next', s.next)
  local waits = waits_for(stages, s, n)
  for image = 0, (s.per == 'job' and 0 or n - 1) do
    local name = s.per == 'job' and 'job' or tostring(image)
    if waits == 0 then
      create(job, tenant, base, i, s, name)
    else
      redis.call('HSET', P .. 'pend:' .. job, s.name .. ':' .. name, waits)
    end
  end
end
return reply('CREATED', job)
