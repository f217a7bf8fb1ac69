#!lua flags=allow-oom
-- Asks for a job's end. What is not leased is removed at once, the rest as its workers hear of it.
-- ARGV: tenant, job, places swept in this call, idempotency tail ms.
local tenant, job = ARGV[1], ARGV[2]
local j = job_of(job)
if redis.call('HGET', P .. 'job:' .. job, 'tenant') ~= tenant then
  return reply('NONE')
end
if live(j.state) then
  change(job, 'state', 'cancelling')
  emit(job, 'job.cancelling')
  sweep(job, tonumber(ARGV[3]), tonumber(ARGV[4]))
end
return reply('OK', j.state)
