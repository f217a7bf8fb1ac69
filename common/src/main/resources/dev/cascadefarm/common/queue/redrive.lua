#!lua
-- Takes a dead task and its job up again: what was swept away with it is made anew.
-- ARGV: task, by whom.
local id, by = ARGV[1], ARGV[2]
local t = task_of(id)
if not t or t.state ~= 'dead' then
  return reply('NONE')
end
local job_key, pend = P .. 'job:' .. t.job, P .. 'pend:' .. t.job
local j = job_of(t.job)
local v = redis.call('HMGET', job_key, 'sweep', 'idem')
if j.state ~= 'failed' or j.open ~= '0' or v[1] then
  return reply('ENDING')
end
local n, plan, base = tonumber(j.n), j.plan, tonumber(j.base)
local count = stages_in(plan)

local stages = {}
for i = 0, count - 1 do
  stages[i] = stage_of(plan, i)
end

local function state_of(s, image)
  return redis.call('HGET', P .. 'task:' .. t.job .. ':' .. s.name .. ':' .. image, 'state')
end

-- How many of the tasks that one of stage `s` builds on are not done.
local function missing(s, image)
  local waits = 0
  for before in string.gmatch(s.after, '%d+') do
    local p = stages[tonumber(before)]
    local from, to = tonumber(image) or 0, tonumber(image) or n - 1
    if p.per == 'job' then
      from, to = 0, 0
    end
    for i = from, to do
      waits = waits + (state_of(p, p.per == 'job' and 'job' or tostring(i)) == 'done' and 0 or 1)
    end
  end
  return waits
end

redis.call('ZREM', P .. 'dead', id)
redis.call('ZREM', ended_key('failed', t.tenant), t.job)
redis.call('ZREM', P .. 'gc', t.job)
change(t.job, 'state', 'running')
redis.call('HDEL', job_key, 'finished', 'error')
if v[2] then
  redis.call('PERSIST', P .. 'idem:' .. t.tenant .. ':' .. v[2])
end
emit(t.job, 'job.redriven', 'stage', t.stage, 'by', by)
local open = 0
for i = 0, count - 1 do
  local s = stages[i]
  for image = 0, (s.per == 'job' and 0 or n - 1) do
    local name = s.per == 'job' and 'job' or tostring(image)
    local task_key = P .. 'task:' .. t.job .. ':' .. s.name .. ':' .. name
    if state_of(s, name) ~= 'done' then
      open = open + 1
      local waits = missing(s, name)
      if waits > 0 then
        redis.call('DEL', task_key)
        redis.call('HSET', pend, s.name .. ':' .. name, waits)
      else
        redis.call('HDEL', task_key, 'failures', 'stalls', 'stalled', 'lost', 'infra', 'error',
          'kind', 'died', 'avoid', 'checkpoint')
        local attempt = redis.call('HGET', task_key, 'attempt')
        create(t.job, t.tenant, base, i, s, name)
        redis.call('HSET', task_key, 'attempt', attempt or 0)
      end
    end
  end
end
change(t.job, 'open', open)
redis.call('HINCRBY', P .. 'ten:' .. t.tenant, 'backlog', open)
note(by, 'redrive', 'task ' .. id, '')
return reply('OK')
