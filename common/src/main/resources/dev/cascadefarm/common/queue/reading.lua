-- Joined in front of the scripts that read jobs, after the prelude.

-- Tasks ahead of a queued job's first task in its own queue, or false.
local function position(job, state, tenant, plan)
  if state ~= 'queued' then
    return false
  end
  for i = 0, stages_in(plan) - 1 do
    local s = stage_of(plan, i)
    if s.after == '' then
      local id = job .. ':' .. s.name .. ':' .. (s.per == 'job' and 'job' or 0)
      local rank = redis.call('ZRANK', P .. 'rdy:' .. s.bundle .. ':' .. tenant, id)
      if rank then
        return tostring(rank)
      end
    end
  end
  return false
end

-- A job without its tasks: fields, spec, plan, position in the queue, warnings.
local function head(job)
  local v = redis.call('HMGET', P .. 'job:' .. job, 'tenant', 'state', 'prio', 'created', 'started',
    'finished', 'ev', 'error', 'plan', 'warns')
  local plan = redis.call('HGET', P .. 'plan:' .. v[9], 'plan')
  local warnings = {}
  for i = 0, tonumber(v[10] or 0) - 1 do
    warnings[#warnings + 1] = redis.call('HGET', P .. 'job:' .. job, 'warn.' .. i)
  end
  return {job, v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8],
    redis.call('GET', P .. 'spec:' .. job), plan, position(job, v[2], v[1], v[9]), warnings}
end

