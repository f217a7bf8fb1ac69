#!lua flags=allow-oom
-- Commits a manifest, readies the tasks that waited for it, and ends the job with its last task.
-- ARGV: task, nonce, manifest, rows, warning count, warnings as a JSON array, idempotency tail ms;
-- then the warnings one by one.
local id, nonce, manifest, rows = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local warnings, idem_ms = tonumber(ARGV[5]), tonumber(ARGV[7])

local t = read_task(id,
  {'state', 'stage', 'bundle', 'tenant', 'attempt', 'nonce', 'worker', 'ended', 'how'})
if t and t.ended == nonce and t.how == 'done' then
  return reply('ALREADY')
elseif t and t.ended == nonce and t.how == 'cancelled' then
  return reply('CANCELLED')
elseif not t or t.state ~= 'leased' or t.nonce ~= nonce then
  redis.call('HINCRBY', P .. 'stat', 'stale', 1)
  return reply('STALE')
end
local pend = P .. 'pend:' .. t.job
local j = job_of(t.job)
if not live(j.state) then
  drop(t, idem_ms)
  return reply('CANCELLED')
end
local n, plan, base = tonumber(j.n), j.plan, tonumber(j.base)

unlease(t, 'done', 'state', 'done', 'manifest', manifest, 'won', nonce,
  unpack(rows > 0 and {'progress', rows .. '/' .. rows} or {}))
if redis.call('HDEL', P .. 'st:' .. t.bundle, 'open', 'probe') > 0 then
  redis.call('DEL', P .. 'brk:' .. t.bundle)
end
emit_task('task.completed', t, 'rows', rows, 'worker', t.worker)

if warnings > 0 then
  local noted = tonumber(redis.call('HGET', P .. 'job:' .. t.job, 'warns') or 0)
  for i = 1, warnings do
    change(t.job, 'warn.' .. (noted + i - 1), ARGV[7 + i])
  end
  change(t.job, 'warns', noted + warnings)
  emit_task('job.warning', t, 'warnings', ARGV[6])
end

local from = stage_of(plan, t.index)
if tonumber(t.index) == from.count - 1 then
  for image = (tonumber(t.image) or 0), (tonumber(t.image) or n - 1) do
    emit(t.job, 'image.completed', 'stage', t.stage, 'image', image)
  end
end

for next_index in string.gmatch(from.next, '%d+') do
  local to = stage_of(plan, next_index)
  for _, image in ipairs(images_after(from, to, t.image, n)) do
    local member = to.name .. ':' .. image
    if redis.call('HINCRBY', pend, member, -1) == 0 then
      redis.call('HDEL', pend, member)
      create(t.job, t.tenant, base, next_index, to, image)
    end
  end
end
close(t.job, t.tenant, 1, idem_ms)
return reply('OK')
