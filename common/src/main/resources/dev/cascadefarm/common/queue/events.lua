#!lua flags=no-writes
-- A page of a job's event log, with the first sequence that is still there.
-- ARGV: tenant, job, sequence after which to begin, events at most.
local job, after, limit = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local v = redis.call('HMGET', P .. 'job:' .. job, 'tenant', 'ev', 'state', 'created')
if v[1] ~= ARGV[1] then
  return reply('NONE')
end
local log = P .. 'ev:' .. job
local oldest = tonumber(v[2]) > LOG_LENGTH and redis.call('XRANGE', log, '-', '+', 'COUNT', 1)
local first = oldest and tonumber(string.match(oldest[1][1], '%d+')) or 1
local page = {}
if after < 1 and first <= 2 then
  page[1] = {'1-0', {'type', 'job.queued', 'at', v[4]}}
end
if #page < limit then
  local more = redis.call('XRANGE', log, '(' .. exact(after) .. '-0', '+', 'COUNT', limit - #page)
  for _, entry in ipairs(more) do
    page[#page + 1] = entry
  end
end
return reply('OK', v[2], v[3], page, first <= 2 and 1 or first)
