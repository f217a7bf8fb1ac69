#!lua
-- Makes a bundle known. The first digest stays. ARGV: bundle, digest.
local known = redis.call('HGET', P .. 'bundles', ARGV[1])
if known then
  return reply(known == ARGV[2] and 'OK' or 'OTHER')
end
redis.call('HSETNX', KEYS[1], 'schema', SCHEMA)
redis.call('HSET', P .. 'bundles', ARGV[1], ARGV[2])
return reply('OK')
