#!lua flags=allow-oom
-- Compares rings and counters of tenants with the truth. What is too much to count in one call is
-- not compared. Answers with the cursor to go on from, '0' at the end.
-- ARGV: '1' to repair, cursor, tenants at most, members counted at most.
local cursor, most = ARGV[2], tonumber(ARGV[4])
local page = redis.call('SSCAN', P .. 'tenants', cursor, 'COUNT', ARGV[3])
local bundles = redis.call('HKEYS', P .. 'bundles')

-- Leased tasks of a bundle by tenant, or nil if there are too many.
local function leased(bundle)
  local key, counts = P .. 'lease:' .. bundle, {}
  if redis.call('ZCARD', key) > most then
    return nil
  end
  for _, id in ipairs(redis.call('ZRANGE', key, 0, most - 1)) do
    local tenant = redis.call('HGET', P .. 'task:' .. id, 'tenant')
    if tenant then
      counts[tenant] = (counts[tenant] or 0) + 1
    end
  end
  return counts
end

local function check_ring(bundle, tenant)
  local ten = redis.call('HMGET', P .. 'ten:' .. tenant, 'infl:' .. bundle, 'cap', 'paused')
  local able = redis.call('ZCARD', P .. 'rdy:' .. bundle .. ':' .. tenant) > 0
    and tonumber(ten[1] or 0) < tonumber(ten[2] or FAR)
    and not ten[3] and not redis.call('HGET', P .. 'st:' .. bundle, 'paused')
  local there = redis.call('ZSCORE', P .. 'ring:' .. bundle, tenant) and true or false
  if able ~= there
      and found('R', bundle .. ' ' .. tenant, able and 'not in the ring' or 'in the ring') then
    sync(bundle, tenant)
  end
end

local function check_backlog(tenant)
  local jobs = P .. 'jobs:' .. tenant
  if redis.call('ZCARD', jobs) > most then
    return
  end
  local open = 0
  for _, job in ipairs(redis.call('ZRANGE', jobs, 0, most - 1)) do
    open = open + tonumber(redis.call('HGET', P .. 'job:' .. job, 'open') or 0)
  end
  local told = tonumber(redis.call('HGET', P .. 'ten:' .. tenant, 'backlog') or 0)
  if told ~= open and found('counter', tenant, 'backlog ' .. told .. ', but ' .. open) then
    redis.call('HSET', P .. 'ten:' .. tenant, 'backlog', open)
  end
end

for _, bundle in ipairs(bundles) do
  local counts = leased(bundle)
  for _, tenant in ipairs(page[2]) do
    local told = tonumber(redis.call('HGET', P .. 'ten:' .. tenant, 'infl:' .. bundle) or 0)
    if counts and told ~= (counts[tenant] or 0) and found('counter', bundle .. ' ' .. tenant,
        'in flight ' .. told .. ', but ' .. (counts[tenant] or 0)) then
      redis.call('HSET', P .. 'ten:' .. tenant, 'infl:' .. bundle, counts[tenant] or 0)
    end
    check_ring(bundle, tenant)
  end
end
for _, tenant in ipairs(page[2]) do
  check_backlog(tenant)
end
return reply('OK', findings, page[1])
