-- Joined in front of the claim, after the prelude: what a worker is told of the tasks it gets.
local taken, jobs, job_seen = {}, {}, {}

-- Store keys of the manifests a task builds on: by stage, or STAGE/IMAGE where it gathers images.
local function manifests(t)
  local found = {}
  local j = job_of(t.job)
  local s = stage_of(j.plan, t.index)
  for before in string.gmatch(s.after, '%d+') do
    local p = stage_of(j.plan, before)
    local prefix = P .. 'task:' .. t.job .. ':' .. p.name .. ':'
    if p.per == 'image' and s.per == 'job' then
      for i = 0, tonumber(j.n) - 1 do
        found[#found + 1] = p.name .. '/' .. i
        found[#found + 1] = redis.call('HGET', prefix .. i, 'manifest')
      end
    else
      found[#found + 1] = p.name
      found[#found + 1] =
        redis.call('HGET', prefix .. (p.per == 'job' and 'job' or t.image), 'manifest')
    end
  end
  return found
end

local plans_read = {}

local function plan_of(job)
  local plan = job_of(job).plan
  plans_read[plan] = plans_read[plan] or redis.call('HGET', P .. 'plan:' .. plan, 'plan')
  return plans_read[plan]
end

local function hand_out(t, nonce)
  taken[#taken + 1] =
    {t.id, t.tenant, nonce, t.attempt, t.checkpoint or '', manifests(t)}
  if not job_seen[t.job] then
    job_seen[t.job] = true
    jobs[#jobs + 1] = {t.job, redis.call('GET', P .. 'spec:' .. t.job), plan_of(t.job)}
  end
end

