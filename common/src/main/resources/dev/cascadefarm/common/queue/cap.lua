#!lua flags=allow-oom
-- Bounds how many tasks of a stage may run at once. ARGV: bundle, number ('' for no bound), by whom.
local bundle, most, by = ARGV[1], ARGV[2], ARGV[3]
if redis.call('HEXISTS', P .. 'bundles', bundle) == 0 then
  return reply('NONE')
end
if most == '' then
  redis.call('HDEL', P .. 'st:' .. bundle, 'max')
else
  redis.call('HSET', P .. 'st:' .. bundle, 'max', most)
end
readied[bundle] = true
note(by, 'cap', 'stage ' .. bundle, most)
return reply('OK')
