#!lua flags=allow-oom
-- Commits manifests, readies the tasks that waited for them, and ends jobs with their last tasks. One
-- answer for each task, in order; what becomes of one has no say in what becomes of another.
-- ARGV: idempotency tail ms; then of each task: its id, nonce, manifest, rows, warning count, warnings
-- as a JSON array, and the warnings one by one.
local idem_ms = tonumber(ARGV[1])
local BEFORE_WARNINGS = 6
local answers, healed, warned = {}, {}, {}

local function heal(bundle)
  if not healed[bundle] then
    healed[bundle] = true
    if redis.call('HDEL', P .. 'st:' .. bundle, 'open', 'probe') > 0 then
      redis.call('DEL', P .. 'brk:' .. bundle)
    end
  end
end

local function warn(t, warnings, array)
  local noted = warned[t.job]
    or tonumber(redis.call('HGET', P .. 'job:' .. t.job, 'warns') or 0)
  warned[t.job] = noted + #warnings
  for i, warning in ipairs(warnings) do
    change(t.job, 'warn.' .. (noted + i - 1), warning)
  end
  change(t.job, 'warns', noted + #warnings)
  emit_task('job.warning', t, 'warnings', array)
end

-- Readies the tasks of the next stages that waited for this one alone.
local function hand_over(t, from, n, base)
  local pend = P .. 'pend:' .. t.job
  for next_index in string.gmatch(from.next, '%d+') do
    local to = stage_of(job_of(t.job).plan, next_index)
    for _, image in ipairs(images_after(from, to, t.image, n)) do
      local member = to.name .. ':' .. image
      if redis.call('HINCRBY', pend, member, -1) == 0 then
        redis.call('HDEL', pend, member)
        create(t.job, t.tenant, base, next_index, to, image)
      end
    end
  end
end

local function commit(t, nonce, manifest, rows, warnings, array)
  local j = job_of(t.job)
  local n, from = tonumber(j.n), stage_of(j.plan, t.index)
  unlease(t, 'done', 'state', 'done', 'manifest', manifest, 'won', nonce,
    unpack(rows > 0 and {'progress', rows .. '/' .. rows} or {}))
  heal(t.bundle)
  emit_task('task.completed', t, 'rows', rows, 'worker', t.worker)
  if #warnings > 0 then
    warn(t, warnings, array)
  end
  if tonumber(t.index) == from.count - 1 then
    for image = (tonumber(t.image) or 0), (tonumber(t.image) or n - 1) do
      emit(t.job, 'image.completed', 'stage', t.stage, 'image', image)
    end
  end
  hand_over(t, from, n, tonumber(j.base))
  close(t.job, t.tenant, 1, idem_ms)
end

local function answer(id, nonce, ...)
  local t = read_task(id,
    {'state', 'stage', 'bundle', 'tenant', 'attempt', 'nonce', 'worker', 'ended', 'how'})
  if t and t.ended == nonce and t.how == 'done' then
    return 'ALREADY'
  elseif t and t.ended == nonce and t.how == 'cancelled' then
    return 'CANCELLED'
  elseif not t or t.state ~= 'leased' or t.nonce ~= nonce then
    redis.call('HINCRBY', P .. 'stat', 'stale', 1)
    return 'STALE'
  end
  local j = job_of(t.job)
  if not live(j.state) then
    drop(t, idem_ms)
    return 'CANCELLED'
  end
  commit(t, nonce, ...)
  return 'OK'
end

local at = 2
while at <= #ARGV do
  local count = tonumber(ARGV[at + 4])
  local warnings = {unpack(ARGV, at + BEFORE_WARNINGS, at + BEFORE_WARNINGS + count - 1)}
  answers[#answers + 1] = answer(ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]),
    warnings, ARGV[at + 5])
  at = at + BEFORE_WARNINGS + count
end
return reply('OK', answers)
