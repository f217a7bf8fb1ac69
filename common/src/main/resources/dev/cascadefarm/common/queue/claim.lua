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

local last = redis.call('HMGET', wk, 'request', 'got', 'alone')
if last[1] == request then
  for id, nonce in string.gmatch(last[2], '(%S+) (%S+)') do
    local t = task_of(id)
    if t and t.state == 'leased' and t.nonce == nonce then
      redis.call('ZADD', P .. 'lease:' .. t.bundle, now + lease_ms, id)
      redis.call('HSET', P .. 'task:' .. id, 'lease', now + lease_ms)
      hand_out(t, nonce)
    end
  end
  return reply('OK', taken, jobs)
end

local due = redis.call('ZRANGEBYSCORE', P .. 'dly:' .. bundle, '-inf', now, 'LIMIT', 0, 50)
for _, id in ipairs(due) do
  remove(P .. 'dly:' .. bundle, id)
  local t = task_of(id)
  if t and t.state == 'delayed' then
    redis.call('HDEL', P .. 'task:' .. id, 'notbefore')
    ready(t)
  end
end
settle()

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

-- What a tenant has in the ring and before it: its place there, its limits, and the first of its
-- ready tasks, read as far as they are looked at. All of it is written back at the end.
local function contender(name, pass)
  local v = redis.call('HMGET', P .. 'ten:' .. name, 'infl:' .. bundle, 'cap', 'paused', 'weight')
  local rdy = P .. 'rdy:' .. bundle .. ':' .. name
  return {name = name, pass = pass, infl = tonumber(v[1] or 0), cap = tonumber(v[2] or FAR),
    paused = v[3], weight = tonumber(v[4] or 1), rdy = rdy, left = redis.call('ZCARD', rdy),
    first = {}, read = 0, gone = {}, taken = 0}
end

local WAITING_FIELDS = {'state', 'stage', 'bundle', 'tenant', 'attempt', 'checkpoint', 'stalls', 'avoid'}

local function waiting_task(id)
  local t = read_task(id, WAITING_FIELDS) or {id = id}
  t.attempt, t.stalls = tonumber(t.attempt or 0), tonumber(t.stalls or 0)
  return t
end

-- The task in place `i` of those of a tenant that are left, or nil.
local function peek(c, i)
  if i > #c.first and c.read < c.left + #c.gone then
    local more = redis.call('ZRANGE', c.rdy, c.read, c.read + 2 * LOOK_AHEAD - 1)
    c.read = c.read + #more
    for _, id in ipairs(more) do
      c.first[#c.first + 1] = waiting_task(id)
    end
  end
  return c.first[i]
end

local function take_out(c, i)
  local t = table.remove(c.first, i)
  c.gone[#c.gone + 1] = t.id
  c.left = c.left - 1
  return t
end

-- The first task of a tenant that this worker may take. What has no business there is dropped.
local function choose(c)
  local i = 1
  for _ = 1, LOOK_AHEAD do
    local t = peek(c, i)
    if not t then
      return nil
    elseif t.state ~= 'ready' then
      take_out(c, i)
      redis.call('HINCRBY', P .. 'stat', 'dropped', 1)
    elseif not live(job_of(t.job).state) then
      take_out(c, i)
      redis.call('HSET', P .. 'task:' .. t.id, 'state', 'cancelled')
      close(t.job, c.name, 1, idem_ms)
    elseif may_take(t) then
      return take_out(c, i)
    elseif #taken >= most then
      return nil
    else
      i = i + 1
    end
  end
end

local leases, holds = {}, {}

local function lease(t, nonce)
  t.attempt = t.attempt + 1
  redis.call('HSET', P .. 'task:' .. t.id, 'state', 'leased', 'nonce', nonce, 'worker', worker,
    'attempt', t.attempt, 'deadline', now + hard_ms, 'lease', now + lease_ms,
    unpack(t.attempt == 1 and {'claimed', now} or {}))
  leases[#leases + 1], leases[#leases + 2] = now + lease_ms, t.id
  holds[#holds + 1], holds[#holds + 2] = now, t.id
  if job_of(t.job).state == 'queued' then
    change(t.job, 'state', 'running')
    change(t.job, 'started', now)
    emit(t.job, 'job.running')
  end
  local row = string.match(t.checkpoint or '', '/checkpoint%-(%d+)%-')
  emit_task('task.started', t, 'worker', worker, unpack(row and {'row', row} or {}))
  hand_out(t, nonce)
  got[#got + 1] = t.id .. ' ' .. nonce
end

-- Those who are served first; no more of them can come into question in one call.
local contenders = {}
if most > 0 then
  local flat = redis.call('ZRANGE', ring, 0, count + PROBES - 1, 'WITHSCORES')
  for i = 1, #flat, 2 do
    contenders[#contenders + 1] = {name = flat[i], pass = tonumber(flat[i + 1])}
  end
end

-- Moves a tenant forward in virtual time: the more weight, the shorter the step. At the same time
-- as others it is served in the order of names, as in the ring.
local function charge(place)
  local c = table.remove(contenders, place)
  c.pass = c.pass + 1 / c.weight
  c.taken = c.taken + 1
  c.infl = c.infl + 1
  local to = #contenders + 1
  while to > 1 and (contenders[to - 1].pass > c.pass
      or contenders[to - 1].pass == c.pass and contenders[to - 1].name > c.name) do
    to = to - 1
  end
  table.insert(contenders, to, c)
end

local function servable(c)
  return c.left > 0 and not c.paused and c.infl < c.cap
end

local function write_back(c)
  if #c.gone > 0 then
    redis.call('ZREM', c.rdy, unpack(c.gone))
  end
  if c.taken > 0 then
    redis.call('HSET', P .. 'ten:' .. c.name, 'infl:' .. bundle, c.infl, 'pass:' .. bundle,
      exact(c.pass))
  end
  if not servable(c) then
    redis.call('ZREM', ring, c.name)
  elseif c.taken > 0 then
    redis.call('ZADD', ring, exact(c.pass), c.name)
  end
end

-- Tenants in the order of virtual time; those with nothing for this worker are passed over.
local looked_at, place = {}, 1
for _ = 1, count + PROBES do
  local c = #taken < most and not alone and contenders[place]
  if not c then
    break
  end
  if not c.rdy then
    c = contender(c.name, c.pass)
    contenders[place] = c
    looked_at[#looked_at + 1] = c
  end
  local t = choose(c)
  if t then
    charge(place)
    lease(t, ARGV[FIRST_NONCE + #taken])
  end
  if not servable(c) then
    for i, other in ipairs(contenders) do
      if other == c then
        table.remove(contenders, i)
        break
      end
    end
  elseif not t then
    place = place + 1
  end
end
for _, c in ipairs(looked_at) do
  write_back(c)
end
if #leases > 0 then
  redis.call('ZADD', P .. 'lease:' .. bundle, unpack(leases))
  redis.call('ZADD', P .. 'wl:' .. worker, unpack(holds))
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
