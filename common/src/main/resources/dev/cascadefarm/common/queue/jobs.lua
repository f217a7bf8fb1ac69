#!lua flags=no-writes
-- Jobs of a tenant, newest first, with the sequence of each. ARGV: tenant, below which sequence
-- ('+inf' or '(' and a number), jobs at most.
local found = {}
local page = redis.call('ZREVRANGEBYSCORE', P .. 'jobs:' .. ARGV[1], ARGV[2], '-inf', 'WITHSCORES',
  'LIMIT', 0, tonumber(ARGV[3]))
for i = 1, #page, 2 do
  found[#found + 1] = {page[i + 1], head(page[i])}
end
return reply('OK', found)
