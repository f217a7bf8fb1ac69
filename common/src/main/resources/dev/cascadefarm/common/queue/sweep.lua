#!lua flags=allow-oom
-- Goes on with the oldest unfinished removal of a job's tasks.
-- ARGV: places swept in this call, idempotency tail ms.
local job = redis.call('ZRANGE', P .. 'cq', 0, 0)[1]
if not job then
  return reply('NONE')
end
sweep(job, tonumber(ARGV[1]), tonumber(ARGV[2]))
return reply('OK')
