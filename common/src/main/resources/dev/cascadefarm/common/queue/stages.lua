#!lua flags=no-writes
-- The queues of the bundles, a page at a time: name, running, delayed, ready by tenant, pause, bound,
-- since when the breaker is open, device-seconds of a task. ARGV: cursor, tenants at most.
local found = {}
local tenants = redis.call('SSCAN', P .. 'tenants', ARGV[1], 'COUNT', ARGV[2])
for _, bundle in ipairs(redis.call('HKEYS', P .. 'bundles')) do
  local st = redis.call('HMGET', P .. 'st:' .. bundle, 'paused', 'max', 'open', 'seconds')
  local waiting = {}
  for _, tenant in ipairs(tenants[2]) do
    local count = redis.call('ZCARD', P .. 'rdy:' .. bundle .. ':' .. tenant)
    if count > 0 then
      waiting[#waiting + 1] = tenant
      waiting[#waiting + 1] = count
    end
  end
  found[#found + 1] = {bundle, redis.call('ZCARD', P .. 'lease:' .. bundle),
    redis.call('ZCARD', P .. 'dly:' .. bundle), waiting, st[1], st[2], st[3], st[4]}
end
return reply('OK', found, tenants[1])
