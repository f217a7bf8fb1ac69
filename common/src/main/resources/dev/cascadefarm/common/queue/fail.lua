#!lua flags=allow-oom
-- Takes a lease back with a reason, and decides what becomes of the task. Answers besides whether
-- the breaker of the bundle opened.
-- ARGV: task, nonce, kind, reason, a random number in [0, 1), failures allowed, first and longest
-- delay ms after a task failure, the same after an infrastructure failure, idempotency tail ms,
-- tasks that open a breaker, ms within which they do, ms until its first probe.
local id, nonce, kind, reason, random = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local allowed, idem_ms = tonumber(ARGV[6]), tonumber(ARGV[11])
local opening, within_ms, probe_ms = tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14])

local t = task_of(id)
if t and t.ended == nonce and t.how ~= 'done' then
  return reply('ALREADY', 0)
elseif not t or t.state ~= 'leased' or t.nonce ~= nonce then
  redis.call('HINCRBY', P .. 'stat', 'stale', 1)
  return reply('STALE', 0)
end

local function growing(first, longest, times)
  return math.min(tonumber(longest), tonumber(first) * 2 ^ math.min(times, 40))
end

-- Many tasks of a bundle that fail around themselves mean that the stage is broken, not they.
local function trip()
  local broken, st = P .. 'brk:' .. t.bundle, P .. 'st:' .. t.bundle
  redis.call('ZREMRANGEBYSCORE', broken, '-inf', '(' .. now - within_ms)
  redis.call('ZADD', broken, now, id)
  if redis.call('ZCARD', broken) < opening or redis.call('HEXISTS', st, 'open') == 1 then
    return 0
  end
  redis.call('HSET', st, 'open', now, 'probe', now + probe_ms)
  redis.call('HINCRBY', P .. 'stat', 'breaker_opened', 1)
  return 1
end

local opened = 0
if not live(job_of(t.job).state) then
  drop(t, idem_ms)
elseif kind == 'RELEASED' or kind == 'CANCELLED' then
  retry_now(t, 'released', reason)
elseif kind == 'PERMANENT' then
  die(t, 'permanent', reason, idem_ms)
elseif kind == 'INFRASTRUCTURE' then
  local delay = growing(ARGV[9], ARGV[10], t.infra) * (1 + random) / 2
  redis.call('HINCRBY', P .. 'task:' .. id, 'infra', 1)
  retry_later(t, 'infrastructure', reason, math.floor(delay))
  opened = trip()
else
  t.failures = redis.call('HINCRBY', P .. 'task:' .. id, 'failures', 1)
  avoid(t)
  if t.failures >= allowed then
    die(t, 'task', reason, idem_ms)
  else
    local delay = growing(ARGV[7], ARGV[8], t.failures) * random
    retry_later(t, 'task', reason, math.floor(delay))
  end
end
return reply('OK', opened)
