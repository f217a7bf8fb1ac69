#!lua flags=allow-oom
-- Compares the jobs of a tenant with their tasks, and those with the indexes they should be in.
-- Answers with the sequence to go on from, '' at the end.
-- ARGV: '1' to repair, tenant, sequence after which to begin, places of the grid at most,
-- idempotency tail ms.
local tenant, after, budget, idem_ms = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local ENDED = {succeeded = true, failed = true, cancelled = true}

-- A task is in the one index that its state says, and in no other.
local function check_indexes(t)
  for state, index in pairs(INDEXES) do
    local key = index_key(index, t)
    local there = redis.call('ZSCORE', key, t.id)
    if t.state == state and not there then
      if found('X', t.id, state .. ', but not in ' .. index) then
        local score = {ready = t.score, delayed = now, leased = now}
        redis.call('ZADD', key, score[state], t.id)
        sync(t.bundle, t.tenant)
      end
    elseif t.state ~= state and there and found('X', t.id, t.state .. ', but in ' .. index) then
      redis.call('ZREM', key, t.id)
      sync(t.bundle, t.tenant)
    end
  end
  if t.state == 'leased' and not redis.call('ZSCORE', P .. 'wl:' .. t.worker, t.id)
      and found('X', t.id, 'leased, but not in the list of its worker') then
    redis.call('ZADD', P .. 'wl:' .. t.worker, now, t.id)
  end
end

local function check_job(job)
  local job_key, pend = P .. 'job:' .. job, P .. 'pend:' .. job
  local j = redis.call('HMGET', job_key, 'state', 'n', 'plan', 'open', 'base', 'finished')
  local state, n, plan = j[1], tonumber(j[2]), j[3]
  local count = plan and stages_in(plan)
  if not count then
    if found('job', job, 'listed, but not there') then
      redis.call('ZREM', P .. 'jobs:' .. tenant, job)
    end
    return 1
  end
  local stages, done, open = {}, {}, 0
  for i = 0, count - 1 do
    stages[i] = stage_of(plan, i)
    done[i] = {}
  end

  -- How many of the tasks before one of stage `s` are not done.
  local function missing(s, image)
    local waits = 0
    for before in string.gmatch(s.after, '%d+') do
      local b = tonumber(before)
      if stages[b].per == 'job' then
        waits = waits + (done[b].job and 0 or 1)
      else
        for i = tonumber(image) or 0, tonumber(image) or n - 1 do
          waits = waits + (done[b][tostring(i)] and 0 or 1)
        end
      end
    end
    return waits
  end

  for i = 0, count - 1 do
    local s = stages[i]
    for image = 0, (s.per == 'job' and 0 or n - 1) do
      local name = s.per == 'job' and 'job' or tostring(image)
      local member = s.name .. ':' .. name
      local t = task_of(job .. ':' .. member)
      local waiting = redis.call('HGET', pend, member)
      if t then
        done[i][name] = t.state == 'done'
        open = open + (INDEXES[t.state] and 1 or 0)
        check_indexes(t)
        if waiting and found('X', t.id, t.state .. ', but in pend') then
          redis.call('HDEL', pend, member)
        end
      elseif waiting then
        open = open + 1
        local waits = missing(s, name)
        if tonumber(waiting) ~= waits
            and found('pend', job .. ':' .. member, waiting .. ', but ' .. waits .. ' are missing') then
          if waits > 0 then
            redis.call('HSET', pend, member, waits)
          else
            redis.call('HDEL', pend, member)
            create(job, tenant, tonumber(j[5]), i, s, name)
          end
        end
      elseif live(state) and found('X', job .. ':' .. member, 'nowhere') then
        open = open + 1
        local waits = missing(s, name)
        if waits > 0 then
          redis.call('HSET', pend, member, waits)
        else
          create(job, tenant, tonumber(j[5]), i, s, name)
        end
      end
    end
  end
  if tonumber(j[4]) ~= open and found('counter', job, 'open ' .. j[4] .. ', but ' .. open) then
    redis.call('HINCRBY', P .. 'ten:' .. tenant, 'backlog', open - tonumber(j[4]))
    redis.call('HSET', job_key, 'open', open)
  end
  if open == 0 and not ENDED[state] and found('job', job, state .. ', but nothing is open') then
    conclude(job, tenant, idem_ms)
  elseif ENDED[state] and not redis.call('ZSCORE', ended_key(state, tenant), job)
      and found('job', job, state .. ', but not among the ended') then
    redis.call('ZADD', ended_key(state, tenant), tonumber(j[6] or now), job)
  end
  return count * n
end

local next_after = ''
local page = redis.call('ZRANGEBYSCORE', P .. 'jobs:' .. tenant, '(' .. after, '+inf', 'WITHSCORES',
  'LIMIT', 0, 50)
for i = 1, #page, 2 do
  budget = budget - check_job(page[i])
  if budget <= 0 or i == #page - 1 then
    next_after = page[i + 1]
    break
  end
end
return reply('OK', findings, next_after)
