#!lua
-- Takes a dead task and its job up again: what was swept away with it is made anew.
-- ARGV: task, by whom.
local id, by = ARGV[1], ARGV[2]
local t = task_of(id)
if not t or t.state ~= 'dead' then
  return reply('NONE')
end
local job_key, pend = P .. 'job:' .. t.job, P .. 'pend:' .. t.job
local j = redis.call('HMGET', job_key, 'state', 'n', 'plan', 'base', 'open', 'sweep', 'idem')
if j[1] ~= 'failed' or j[5] ~= '0' or j[6] then
  return reply('ENDING')
end
local n, plan, base = tonumber(j[2]), j[3], tonumber(j[4])
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
redis.call('HSET', job_key, 'state', 'running')
redis.call('HDEL', job_key, 'finished', 'error')
if j[7] then
  redis.call('PERSIST', P .. 'idem:' .. t.tenant .. ':' .. j[7])
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
redis.call('HSET', job_key, 'open', open)
redis.call('HINCRBY', P .. 'ten:' .. t.tenant, 'backlog', open)
note(by, 'redrive', 'task ' .. id, '')
return reply('OK')
