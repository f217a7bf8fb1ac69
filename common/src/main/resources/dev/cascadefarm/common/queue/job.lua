#!lua flags=no-writes
-- One job with those of its tasks that have left `pend`. ARGV: tenant, job.
local tenant, job = ARGV[1], ARGV[2]
local v = redis.call('HMGET', P .. 'job:' .. job, 'tenant', 'n', 'plan')
if v[1] ~= tenant then
  return reply('NONE')
end
local tasks = {}
for index = 0, stages_in(v[3]) - 1 do
  local s = stage_of(v[3], index)
  for image = 0, (s.per == 'job' and 0 or tonumber(v[2]) - 1) do
    local id = job .. ':' .. s.name .. ':' .. (s.per == 'job' and 'job' or image)
    local t = redis.call('HMGET', P .. 'task:' .. id,
      'state', 'attempt', 'progress', 'worker', 'manifest', 'error')
    tasks[#tasks + 1] = {id, t[1], t[2], t[3], t[4], t[5], t[6]}
  end
end
return reply('OK', head(job), tasks)
