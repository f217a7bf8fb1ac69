-- Joined in front of the scripts that read jobs, after the prelude.

-- Tasks ahead of a queued job's first task in its own queue, or false.
local function position(job, state, tenant, stages)
  if state ~= 'queued' then
    return false
  end
  for i = 0, stages - 1 do
    local s = stage_of(job, i)
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
    'finished', 'ev', 'error', 'stages', 'warns')
  local pay = redis.call('HMGET', P .. 'pay:' .. job, 'spec', 'plan')
  local warnings = {}
  for i = 0, tonumber(v[10] or 0) - 1 do
    warnings[#warnings + 1] = redis.call('HGET', P .. 'job:' .. job, 'warn.' .. i)
  end
  return {job, v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], pay[1], pay[2],
    position(job, v[2], v[1], tonumber(v[9])), warnings}
end

