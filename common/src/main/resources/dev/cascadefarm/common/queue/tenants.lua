#!lua flags=no-writes
-- Tenants, a page at a time: name, weight, bound per stage, backlog, bound of the backlog,
-- submissions per second, pause, submissions at once. ARGV: cursor, tenants at most.
local found = {}
local page = redis.call('SSCAN', P .. 'tenants', ARGV[1], 'COUNT', ARGV[2])
for _, tenant in ipairs(page[2]) do
  found[#found + 1] = {tenant, unpack(redis.call('HMGET', P .. 'ten:' .. tenant, 'weight', 'cap',
    'backlog', 'most', 'rate', 'paused', 'burst'), 1, 7)}
end
return reply('OK', page[1], found)
