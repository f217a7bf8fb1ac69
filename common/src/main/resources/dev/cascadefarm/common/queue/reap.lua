#!lua flags=allow-oom
-- Takes back the leases of one bundle that ended long enough ago for their workers to have stopped.
-- Decided while workers could renew, it must not be carried out after an outage.
-- ARGV: bundle, tasks at most, ms after the end of a lease, then the rules of stalls; Redis' clock
-- when this was decided, ms for which that holds.
if now - tonumber(ARGV[8]) > tonumber(ARGV[9]) then
  return reply('LATE', 0, 0, 0)
end
local bundle, limit, wait_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local rules = stall_rules(4)
local became = {ready = 0, dead = 0, cancelled = 0}

local late = redis.call('ZRANGEBYSCORE', P .. 'lease:' .. bundle, '-inf', '(' .. now - wait_ms,
  'LIMIT', 0, limit)
for _, id in ipairs(late) do
  local t = task_of(id)
  if t and t.state == 'leased' then
    local state = stall(t, rules)
    became[state] = became[state] + 1
  else
    redis.call('ZREM', P .. 'lease:' .. bundle, id)
    redis.call('HINCRBY', P .. 'stat', 'dropped', 1)
  end
end
return reply('OK', became.ready, became.dead, #late)
