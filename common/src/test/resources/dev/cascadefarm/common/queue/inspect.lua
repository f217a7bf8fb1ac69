#!lua flags=no-writes
-- What must hold between any two operations, in one call. X: a task that is not over is in exactly
-- one index. R: a tenant is in a ring if and only if it could be served. Besides, the counters
-- equal the truth, and every log ends at its job's counter, with the one terminal event last.
-- Answers what is wrong, and a line about each job and each task.
local OVER = {done = true, dead = true, cancelled = true}
local TERMINAL = {succeeded = true, failed = true, cancelled = true}
local wrong, lines = {}, {}

local function check(holds, ...)
  if not holds then
    local said = {}
    for i = 1, select('#', ...) do
      said[i] = tostring(select(i, ...))
    end
    wrong[#wrong + 1] = table.concat(said, ' ')
  end
end

local by = {}
for _, kind in ipairs({'task', 'job', 'rdy', 'dly', 'lease', 'pend', 'wl', 'ring', 'ten', 'ev'}) do
  by[kind] = {}
end
for _, key in ipairs(redis.call('KEYS', P .. '*')) do
  local kind, rest = string.match(string.sub(key, #P + 1), '^([^:]+):(.*)$')
  if by[kind] then
    by[kind][rest] = key
  end
end

local function members(key)
  local found = {}
  local flat = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for i = 1, #flat, 2 do
    found[flat[i]] = flat[i + 1]
  end
  return found
end

-- Where each task is: one entry, or several joined.
local where, pending = {}, {}
local function put(id, index)
  where[id] = where[id] and where[id] .. ' and ' .. index or index
end
for _, kind in ipairs({'rdy', 'dly', 'lease'}) do
  for rest, key in pairs(by[kind]) do
    for _, id in ipairs(redis.call('ZRANGE', key, 0, -1)) do
      put(id, kind .. ':' .. rest)
    end
  end
end
for job, key in pairs(by.pend) do
  pending[job] = 0
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    put(job .. ':' .. flat[i], 'pend')
    pending[job] = pending[job] + 1
    check(tonumber(flat[i + 1]) > 0, 'X:', flat[i], 'of', job, 'waits for', flat[i + 1])
  end
end
local held = {}
for worker, key in pairs(by.wl) do
  for _, id in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    check(not held[id], id, 'is held by', held[id], 'and', worker)
    held[id] = worker
  end
end
local dead, done, waiting = members(P .. 'dead'), members(P .. 'done'), members(P .. 'cq')

-- Counted anew: leases of tenant and bundle, tasks of a job that are not over.
local leased, open = {}, {}
for id, key in pairs(by.task) do
  local t = redis.call('HMGET', key, 'state', 'bundle', 'tenant', 'nonce', 'worker', 'lease',
    'attempt', 'score')
  local state, bundle, tenant = t[1], t[2], t[3]
  local expected
  if state == 'ready' then
    expected = 'rdy:' .. bundle .. ':' .. tenant
    check(redis.call('ZSCORE', P .. expected, id) == t[8], 'score of', id, 'is not', t[8])
  elseif state == 'delayed' then
    expected = 'dly:' .. bundle
  elseif state == 'leased' then
    expected = 'lease:' .. bundle
    check(redis.call('ZSCORE', P .. expected, id) == t[6], 'lease of', id, 'is not', t[6])
    local place = tenant .. ' infl:' .. bundle
    leased[place] = (leased[place] or 0) + 1
  end
  check(where[id] == expected, 'X:', id, 'which is', state, 'is in', where[id])
  where[id] = nil
  check((t[4] and true or false) == (state == 'leased'), 'nonce of', id, 'is', t[4])
  check(held[id] == (state == 'leased' and t[5] or nil), id, 'is held by', held[id])
  held[id] = nil
  check((dead[id] and true or false) == (state == 'dead'), id, 'among the dead is', dead[id])
  if not OVER[state] then
    local job = string.match(id, '^[^:]+')
    open[job] = (open[job] or 0) + 1
  end
  lines[#lines + 1] = id .. ' ' .. state .. ' ' .. t[7]
end
for id, index in pairs(where) do
  check(index == 'pend', 'X:', id, 'which is no task is in', index)
end
for id, worker in pairs(held) do
  check(false, id, 'which is no task is held by', worker)
end

local backlog = {}
for job, key in pairs(by.job) do
  local j = redis.call('HMGET', key, 'tenant', 'state', 'open', 'ev', 'sweep')
  local tenant, state = j[1], j[2]
  local count = (open[job] or 0) + (pending[job] or 0)
  check(tonumber(j[3]) == count, 'open of', job, 'is', j[3], 'with', count, 'tasks not over')
  backlog[tenant] = (backlog[tenant] or 0) + count
  local log = P .. 'ev:' .. job
  local first, last = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1],
    redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  check(first and first[1] == '1-0', 'log of', job, 'begins at', first and first[1])
  check(last and last[1] == j[4] .. '-0', 'log of', job, 'ends at', last and last[1])
  check(redis.call('XLEN', log) == tonumber(j[4]), 'log of', job, 'has gaps')
  local ending = last and string.match(last[2][2], '^job%.(.*)$')
  check((TERMINAL[ending] or false) == (TERMINAL[state] or false), job, 'is', state, 'but', ending)
  check((done[job] and true or false) == (TERMINAL[state] or false), job, 'done is', done[job])
  check((waiting[job] and true or false) == (j[5] and true or false), job, 'waits', waiting[job])
  check(not (j[5] and live(state)), job, 'is', state, 'and swept')
  local key_of = redis.call('HGET', P .. 'pay:' .. job, 'idem')
  if key_of then
    local left = redis.call('PTTL', P .. 'idem:' .. tenant .. ':' .. key_of)
    check((left > 0) == (TERMINAL[state] or false), 'key of', job, 'lives', left)
  end
  lines[#lines + 1] = job .. ' ' .. state .. ' ' .. j[4]
end

for tenant, key in pairs(by.ten) do
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local field, value = flat[i], tonumber(flat[i + 1])
    if field == 'backlog' then
      check(value == (backlog[tenant] or 0), 'backlog of', tenant, 'is', value)
    elseif string.sub(field, 1, 5) == 'infl:' then
      local count = leased[tenant .. ' ' .. field] or 0
      check(value == count, field, 'of', tenant, 'is', value, 'with', count, 'leased')
    end
  end
end

local function servable(bundle, tenant)
  local ten = redis.call('HMGET', P .. 'ten:' .. tenant, 'cap:' .. bundle, 'paused')
  local count = leased[tenant .. ' infl:' .. bundle] or 0
  return count < tonumber(ten[1] or FAR) and not ten[2]
    and not redis.call('HGET', P .. 'st:' .. bundle, 'paused')
end

local rung = {}
for bundle, key in pairs(by.ring) do
  for tenant in pairs(members(key)) do
    rung[bundle .. ':' .. tenant] = true
  end
end
for rest in pairs(by.rdy) do
  local bundle, tenant = string.match(rest, '^(.*):([^:]*)$')
  check((rung[rest] or false) == servable(bundle, tenant), 'R:', rest, 'rung is', rung[rest])
  rung[rest] = nil
end
for rest in pairs(rung) do
  check(false, 'R:', rest, 'is rung with nothing ready')
end
return reply('OK', wrong, table.concat(lines, '\n'))
