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

-- What scripts want to know of a job is read once, and what they change is written once, with the
-- reply. So these fields are read and written by `job_of` and `change` alone in scripts that write.
local JOB_FIELDS = {'state', 'n', 'plan', 'base', 'ev', 'open'}
local jobs_read, job_changes = {}, {}

local function job_of(job)
  local j = jobs_read[job]
  if not j then
    local v = redis.call('HMGET', P .. 'job:' .. job, unpack(JOB_FIELDS))
    j = {}
    for i, field in ipairs(JOB_FIELDS) do
      j[field] = v[i]
    end
    jobs_read[job] = j
  end
  return j
end

local function change(job, field, value)
  job_of(job)[field] = value
  job_changes[job] = job_changes[job] or {}
  job_changes[job][field] = value
end

local function write_changes()
  for job, changes in pairs(job_changes) do
    local flat = {}
    for field, value in pairs(changes) do
      flat[#flat + 1] = field
      flat[#flat + 1] = value
    end
    redis.call('HSET', P .. 'job:' .. job, unpack(flat))
  end
end

-- What sets of names gain and lose, and sums, are gathered too: one command for each set, whatever
-- the number of tasks. `settle` writes them with the reply, or before, for scripts that read them.
local added, removed, summed, entering = {}, {}, {}, {}

local function entry(map, key)
  local value = map[key] or {}
  map[key] = value
  return value
end

local function add(key, score, member)
  local flat = entry(added, key)
  flat[#flat + 1] = score
  flat[#flat + 1] = member
end

local function remove(key, member)
  table.insert(entry(removed, key), member)
end

local function sum(key, field, by)
  local fields = entry(summed, key)
  fields[field] = (fields[field] or 0) + by
end

local settle

local function reply(code, ...)
  settle()
  write_changes()
  return {code, names(readied), names(changed), ...}
end

local written = redis.call('HGET', KEYS[1], 'schema')
if written and written ~= SCHEMA then
  return {'WRONG_SCHEMA', {}, {}, written, SCHEMA}
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
  local seq = tonumber(job_of(job).ev or 0) + 1
  change(job, 'ev', seq)
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

-- Tenants enter in the order in which their tasks became ready, and a ready task more takes none out.
settle = function()
  for key, members in pairs(removed) do
    redis.call('ZREM', key, unpack(members))
  end
  for key, flat in pairs(added) do
    redis.call('ZADD', key, unpack(flat))
  end
  for key, fields in pairs(summed) do
    for field, by in pairs(fields) do
      redis.call('HINCRBY', key, field, by)
    end
  end
  for _, t in ipairs(entering) do
    if not redis.call('ZSCORE', P .. 'ring:' .. t.bundle, t.tenant) then
      sync(t.bundle, t.tenant)
    end
  end
  added, removed, summed, entering = {}, {}, {}, {}
end

-- Jobs with the same plan share its table of stages; each is read once.
local stages_read = {}

local function stage_of(plan, index)
  local at = index .. '.'
  local name = plan .. at
  local s = stages_read[name]
  if not s then
    local v = redis.call('HMGET', P .. 'plan:' .. plan, at .. 'name', at .. 'bundle', at .. 'per',
      at .. 'after', at .. 'next', 'stages')
    s = {name = v[1], bundle = v[2], per = v[3], after = v[4], next = v[5], count = tonumber(v[6])}
    stages_read[name] = s
  end
  return s
end

local TASK_FIELDS = {'state', 'stage', 'bundle', 'tenant', 'score', 'attempt', 'nonce', 'worker',
  'started', 'ended', 'how', 'failures', 'stalls', 'lost', 'infra', 'deadline', 'checkpoint',
  'stalled', 'avoid'}

-- Some fields of a task, or nil if there is no such task.
local function read_task(id, fields)
  local v = redis.call('HMGET', P .. 'task:' .. id, unpack(fields))
  if not v[1] then
    return nil
  end
  local t = {id = id}
  for i, field in ipairs(fields) do
    t[field] = v[i]
  end
  t.index = t.stage
  t.job, t.stage, t.image = string.match(id, '^([^:]+):([^:]+):([^:]+)$')
  return t
end

-- A task with its counters as numbers, or nil.
local function task_of(id)
  local t = read_task(id, TASK_FIELDS)
  if not t then
    return nil
  end
  for _, counter in ipairs({'attempt', 'failures', 'stalls', 'lost', 'infra'}) do
    t[counter] = tonumber(t[counter] or 0)
  end
  return t
end

-- Puts a task that is ready into its index.
local function wait_for_worker(t)
  local rdy = P .. 'rdy:' .. t.bundle .. ':' .. t.tenant
  if not added[rdy] then
    entering[#entering + 1] = t
  end
  add(rdy, t.score, t.id)
  readied[t.bundle] = true
end

local function ready(t)
  redis.call('HSET', P .. 'task:' .. t.id, 'state', 'ready')
  wait_for_worker(t)
end

-- The first appearance of a task whose predecessors are complete. Older jobs go first, images of
-- one job in their order: a score holds milliseconds and, below one, the image.
local function create(job, tenant, base, index, s, image)
  local id = job .. ':' .. s.name .. ':' .. image
  local score = exact(base + (tonumber(image) or 0) / 128)
  redis.call('HSET', P .. 'task:' .. id, 'state', 'ready', 'stage', index, 'bundle', s.bundle,
    'tenant', tenant, 'score', score, 'attempt', 0)
  wait_for_worker({id = id, bundle = s.bundle, tenant = tenant, score = score})
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

