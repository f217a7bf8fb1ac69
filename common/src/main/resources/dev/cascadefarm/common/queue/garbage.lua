#!lua flags=no-writes
-- Jobs that ended long enough ago for what they did not commit to be garbage, as pairs of job and
-- tenant. ARGV: ms since the end, jobs at most.
local found = {}
local due = redis.call('ZRANGEBYSCORE', P .. 'gc', '-inf', now - tonumber(ARGV[1]),
  'LIMIT', 0, tonumber(ARGV[2]))
for _, job in ipairs(due) do
  found[#found + 1] = job
  found[#found + 1] = redis.call('HGET', P .. 'job:' .. job, 'tenant')
end
return reply('OK', found)
