#!lua
-- Says what a tenant may have. Empty values take a limit away.
-- ARGV: tenant, weight, tasks in flight per stage at most, unfinished tasks at most, submissions per
-- second, submissions at once.
local tenant, ten_key = ARGV[1], P .. 'ten:' .. ARGV[1]
redis.call('HSETNX', KEYS[1], 'schema', SCHEMA)
redis.call('SADD', P .. 'tenants', tenant)
for i, field in ipairs({'weight', 'cap', 'most', 'rate', 'burst'}) do
  if ARGV[i + 1] == '' then
    redis.call('HDEL', ten_key, field)
  else
    redis.call('HSET', ten_key, field, ARGV[i + 1])
  end
end
for _, bundle in ipairs(redis.call('HKEYS', P .. 'bundles')) do
  sync(bundle, tenant)
end
return reply('OK')
