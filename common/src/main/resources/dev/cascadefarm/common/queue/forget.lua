#!lua flags=allow-oom
-- Removes an ended job from the queue. ARGV: tenant, job.
local tenant, job = ARGV[1], ARGV[2]
local job_key = P .. 'job:' .. job
local j = redis.call('HMGET', job_key, 'tenant', 'state', 'open', 'n', 'plan', 'sweep')
if j[1] ~= tenant then
  return reply('NONE')
elseif live(j[2]) or j[2] == 'cancelling' or j[3] ~= '0' or j[6] then
  return reply('ENDING')
end
local keys = {job_key, P .. 'spec:' .. job, P .. 'ev:' .. job, P .. 'pend:' .. job}
for index = 0, stages_in(j[5]) - 1 do
  local s = stage_of(j[5], index)
  for image = 0, (s.per == 'job' and 0 or tonumber(j[4]) - 1) do
    local id = job .. ':' .. s.name .. ':' .. (s.per == 'job' and 'job' or image)
    keys[#keys + 1] = P .. 'task:' .. id
    redis.call('ZREM', P .. 'dead', id)
  end
end
redis.call('UNLINK', unpack(keys))
redis.call('ZREM', P .. 'jobs:' .. tenant, job)
redis.call('ZREM', ended_key(j[2], tenant), job)
redis.call('ZREM', P .. 'gc', job)
return reply('OK')
