#!lua flags=allow-oom
-- Commits a manifest, readies the tasks that waited for it, and ends the job with its last task.
-- ARGV: task, nonce, manifest, rows, warning count, warnings as a JSON array, idempotency tail ms;
-- then the warnings one by one.
local id, nonce, manifest, rows = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local warnings, idem_ms = tonumber(ARGV[5]), tonumber(ARGV[7])

local t = task_of(id)
if t and t.ended == nonce and t.how == 'done' then
  return reply('ALREADY')
elseif t and t.ended == nonce and t.how == 'cancelled' then
  return reply('CANCELLED')
elseif not t or t.state ~= 'leased' or t.nonce ~= nonce then
  redis.call('HINCRBY', P .. 'stat', 'stale', 1)
  return reply('STALE')
end
local job_key, pend = P .. 'job:' .. t.job, P .. 'pend:' .. t.job
local j = redis.call('HMGET', job_key, 'state', 'n', 'plan', 'base', 'warns')
if not live(j[1]) then
  drop(t, idem_ms)
  return reply('CANCELLED')
end
local n, plan, base, noted = tonumber(j[2]), j[3], tonumber(j[4]), tonumber(j[5] or 0)

unlease(t, 'done')
if redis.call('HDEL', P .. 'st:' .. t.bundle, 'open', 'probe') > 0 then
  redis.call('DEL', P .. 'brk:' .. t.bundle)
end
redis.call('HSET', P .. 'task:' .. id, 'state', 'done', 'manifest', manifest, 'won', nonce)
redis.call('HDEL', P .. 'task:' .. id, 'error', 'checkpoint', 'notbefore')
if rows > 0 then
  redis.call('HSET', P .. 'task:' .. id, 'progress', rows .. '/' .. rows)
end
emit_task('task.completed', t, 'rows', rows, 'worker', t.worker)

if warnings > 0 then
  for i = 1, warnings do
    redis.call('HSET', job_key, 'warn.' .. (noted + i - 1), ARGV[7 + i])
  end
  redis.call('HSET', job_key, 'warns', noted + warnings)
  emit_task('job.warning', t, 'warnings', ARGV[6])
end

if tonumber(t.index) == stages_in(plan) - 1 then
  for image = (tonumber(t.image) or 0), (tonumber(t.image) or n - 1) do
    emit(t.job, 'image.completed', 'stage', t.stage, 'image', image)
  end
end

local from = stage_of(plan, t.index)
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
