#!lua flags=no-writes
-- A page of a job's event log. ARGV: tenant, job, sequence after which to begin, events at most.
local v = redis.call('HMGET', P .. 'job:' .. ARGV[2], 'tenant', 'ev', 'state')
if v[1] ~= ARGV[1] then
  return reply('NONE')
end
local entries = redis.call('XRANGE', P .. 'ev:' .. ARGV[2], '(' .. ARGV[3] .. '-0', '+',
  'COUNT', tonumber(ARGV[4]))
return reply('OK', v[2], v[3], entries)
