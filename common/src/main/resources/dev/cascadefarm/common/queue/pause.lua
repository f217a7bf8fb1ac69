#!lua flags=allow-oom
-- Pauses or resumes a stage or a tenant. Answers with the cursor of what is left for another call,
-- '0' at the end.
-- ARGV: 'stage' or 'tenant', its name, reason ('' resumes), by whom, cursor ('0' for the first call),
-- tenants at most.
local kind, name, reason, by, cursor = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local stage = kind == 'stage'
if stage and redis.call('HEXISTS', P .. 'bundles', name) == 0
    or not stage and redis.call('SISMEMBER', P .. 'tenants', name) == 0 then
  return reply('NONE')
end
if cursor == '0' then
  local key = P .. (stage and 'st:' or 'ten:') .. name
  if reason == '' then
    redis.call('HDEL', key, 'paused')
  else
    redis.call('HSET', key, 'paused', reason)
  end
  note(by, reason == '' and 'resume' or 'pause', kind .. ' ' .. name, reason)
end
if not stage then
  for _, bundle in ipairs(redis.call('HKEYS', P .. 'bundles')) do
    sync(bundle, name)
    readied[bundle] = reason == '' or nil
  end
  return reply('OK', '0')
end
local page = redis.call('SSCAN', P .. 'tenants', cursor, 'COUNT', ARGV[6])
-- Who has had least comes back first: the order of the set must not give anybody credit.
local pass = {}
for _, tenant in ipairs(page[2]) do
  pass[tenant] = tonumber(redis.call('HGET', P .. 'ten:' .. tenant, 'pass:' .. name) or 0)
end
table.sort(page[2], function(a, b)
  return pass[a] < pass[b]
end)
for _, tenant in ipairs(page[2]) do
  sync(name, tenant)
end
readied[name] = reason == '' or nil
return reply('OK', page[1])
