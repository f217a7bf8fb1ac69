#!lua flags=no-writes
-- What must hold between any two operations, in one call. X: a task that is not over is in exactly
-- one index. R: a tenant is in a ring if and only if it could be served. Besides, the counters
-- equal the truth, and every log ends at its job's counter, with the one terminal event last.
-- Answers what is wrong, and a line about each job and each task.
local OVER = {done = true, dead = true, cancelled = true}
local TERMINAL = {succeeded = true, failed = true, cancelled = true}
local wrong, lines = {}, {}

local function bad(...)
  local said = {}
  for i = 1, select('#', ...) do
    said[i] = tostring(select(i, ...))
  end
  wrong[#wrong + 1] = table.concat(said, ' ')
end

local by = {}
for _, kind in ipairs({'task', 'job', 'rdy', 'dly', 'lease', 'pend', 'wl', 'ring', 'ten', 'ev'}) do
  by[kind] = {}
end
for _, key in ipairs(redis.call('KEYS', P .. '*')) do
  local colon = string.find(key, ':', #P + 1, true)
  local kind = colon and by[string.sub(key, #P + 1, colon - 1)]
  if kind then
    kind[string.sub(key, colon + 1)] = key
  end
end

-- Members of a sorted set with their scores, as text.
local function members(key)
  local found = {}
  local flat = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for i = 1, #flat, 2 do
    found[flat[i]] = flat[i + 1]
  end
  return found
end

-- Where each task is: one entry, or several joined; and its score there.
local where, score, pending = {}, {}, {}
local function put(id, index)
  where[id] = where[id] and where[id] .. ' and ' .. index or index
end
for _, kind in ipairs({'rdy', 'dly', 'lease'}) do
  for rest, key in pairs(by[kind]) do
    local index = kind .. ':' .. rest
    for id, value in pairs(members(key)) do
      put(id, index)
      score[id] = value
    end
  end
end
for job, key in pairs(by.pend) do
  local flat = redis.call('HGETALL', key)
  pending[job] = #flat / 2
  for i = 1, #flat, 2 do
    put(job .. ':' .. flat[i], 'pend')
    if tonumber(flat[i + 1]) < 1 then
      bad('X:', flat[i], 'of', job, 'waits for', flat[i + 1])
    end
  end
end
local held = {}
for worker, key in pairs(by.wl) do
  for _, id in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    if held[id] then
      bad(id, 'is held by', held[id], 'and', worker)
    end
    held[id] = worker
  end
end
local dead, waiting, garbage = members(P .. 'dead'), members(P .. 'cq'), members(P .. 'gc')

-- Counted anew: leases by tenant and bundle, tasks of a job that are not over.
local leased, open = {}, {}
for id, key in pairs(by.task) do
  local t = redis.call('HMGET', key, 'state', 'attempt', 'nonce', 'bundle', 'tenant', 'worker',
    'lease', 'score')
  local state, holder, index, place = t[1], nil, nil, nil
  if state == 'ready' then
    index, place = 'rdy:' .. t[4] .. ':' .. t[5], t[8]
  elseif state == 'delayed' then
    index, place = 'dly:' .. t[4], score[id]
  elseif state == 'leased' then
    index, place, holder = 'lease:' .. t[4], t[7], t[6]
    local counter = t[4] .. ':' .. t[5]
    leased[counter] = (leased[counter] or 0) + 1
  end
  if where[id] ~= index then
    bad('X:', id, 'which is', state, 'is in', where[id])
  end
  if score[id] ~= place then
    bad(id, 'which is', state, 'is at', score[id], 'for', place)
  end
  if held[id] ~= holder then
    bad(id, 'which is', state, 'is held by', held[id])
  end
  if (t[3] and true or false) ~= (state == 'leased') then
    bad(id, 'which is', state, 'has the nonce', t[3])
  end
  if (dead[id] and true or false) ~= (state == 'dead') then
    bad(id, 'which is', state, 'is among the dead:', dead[id])
  end
  where[id], held[id] = nil, nil
  if not OVER[state] then
    local job = string.sub(id, 1, string.find(id, ':', 1, true) - 1)
    open[job] = (open[job] or 0) + 1
  end
  lines[#lines + 1] = id .. ' ' .. state .. ' ' .. t[2]
end
for id, index in pairs(where) do
  if index ~= 'pend' then
    bad('X:', id, 'which is no task is in', index)
  end
end
for id, worker in pairs(held) do
  bad(id, 'which is no task is held by', worker)
end

local done, failed = {}, {}
for _, tenant in ipairs(redis.call('SMEMBERS', P .. 'tenants')) do
  for job in pairs(members(P .. 'done:' .. tenant)) do
    done[job] = tenant
  end
  for job in pairs(members(P .. 'failed:' .. tenant)) do
    failed[job] = tenant
  end
end

local backlog = {}
for job, key in pairs(by.job) do
  local j = redis.call('HMGET', key, 'tenant', 'state', 'open', 'ev', 'sweep',
    'idem')
  local tenant, state, over = j[1], j[2], TERMINAL[j[2]] or false
  local count = (open[job] or 0) + (pending[job] or 0)
  backlog[tenant] = (backlog[tenant] or 0) + count
  if tonumber(j[3]) ~= count then
    bad(job, 'has', count, 'open tasks and counts', j[3])
  end
  local log = P .. 'ev:' .. job
  local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  local logged = tonumber(j[4]) - 1
  if (last and last[1] or '1-0') ~= j[4] .. '-0'
      or redis.call('XLEN', log) ~= math.min(logged, LOG_LENGTH) then
    bad('log of', job, 'counts', j[4], 'and ends at', last and last[1])
  end
  local ending = last and string.match(last[2][2], '^job%.(.*)$')
  if (TERMINAL[ending] or false) ~= over then
    bad(job, 'is', state, 'and its log ends with', ending)
  end
  if failed[job] ~= (state == 'failed' and tenant or nil)
      or done[job] ~= (over and state ~= 'failed' and tenant or nil) then
    bad(job, 'is', state, 'and among the failed:', failed[job], 'and the others:', done[job])
  end
  if garbage[job] and not over then
    bad(job, 'is', state, 'and has garbage')
  end
  done[job], failed[job], garbage[job] = nil, nil, nil
  if (waiting[job] and true or false) ~= (j[5] and true or false) or j[5] and live(state) then
    bad(job, 'is', state, 'swept to', j[5], 'and waits in the queue of removals:', waiting[job])
  end
  if j[6] then
    local left = redis.call('PTTL', P .. 'idem:' .. tenant .. ':' .. j[6])
    if left > 0 ~= over or left == -2 then
      bad('the key of', job, 'which is', state, 'lives', left, 'ms')
    end
  end
  lines[#lines + 1] = job .. ' ' .. state .. ' ' .. j[4]
end

for _, ended in ipairs({done, failed, garbage}) do
  for job in pairs(ended) do
    bad(job, 'which is no job has ended')
  end
end

for tenant, key in pairs(by.ten) do
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local field, value, count = flat[i], tonumber(flat[i + 1]), nil
    if field == 'backlog' then
      count = backlog[tenant] or 0
    elseif string.sub(field, 1, 5) == 'infl:' then
      count = leased[string.sub(field, 6) .. ':' .. tenant] or 0
    end
    if count and count ~= value then
      bad(field, 'of', tenant, 'is', value, 'for', count)
    end
  end
end

local function servable(bundle, tenant)
  local ten = redis.call('HMGET', P .. 'ten:' .. tenant, 'cap', 'paused')
  return (leased[bundle .. ':' .. tenant] or 0) < tonumber(ten[1] or FAR) and not ten[2]
    and not redis.call('HGET', P .. 'st:' .. bundle, 'paused')
end

local rung = {}
for bundle, key in pairs(by.ring) do
  for _, tenant in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    rung[bundle .. ':' .. tenant] = true
  end
end
for place in pairs(by.rdy) do
  if (rung[place] or false) ~= servable(string.match(place, '^(.*):([^:]*)$')) then
    bad('R:', place, 'in its ring:', rung[place])
  end
  rung[place] = nil
end
for place in pairs(rung) do
  bad('R:', place, 'is in its ring with nothing ready')
end
return reply('OK', wrong, table.concat(lines, '\n'))
