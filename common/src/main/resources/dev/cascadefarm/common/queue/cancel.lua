#!lua flags=allow-oom
-- Asks for a job's end. What is not leased is removed at once, the rest as its workers hear of it.
-- ARGV: tenant, job, places swept in this call, idempotency tail ms.
local tenant, job = ARGV[1], ARGV[2]
local v = redis.call('HMGET', P .. 'job:' .. job, 'tenant', 'state')
if v[1] ~= tenant then
  return reply('NONE')
end
if live(v[2]) then
  redis.call('HSET', P .. 'job:' .. job, 'state', 'cancelling')
  emit(job, 'job.cancelling')
  sweep(job, tonumber(ARGV[3]), tonumber(ARGV[4]))
end
return reply('OK', redis.call('HGET', P .. 'job:' .. job, 'state'))
