#!lua flags=no-writes
-- Workers heard of lately, as pairs of description and time. ARGV: ms of silence at most.
local found = {}
local recent = redis.call('ZRANGEBYSCORE', P .. 'workers', now - tonumber(ARGV[1]), '+inf',
  'LIMIT', 0, 1000)
for _, worker in ipairs(recent) do
  local v = redis.call('HMGET', P .. 'wk:' .. worker, 'info', 'seen')
  if v[1] then
    found[#found + 1] = v[1]
    found[#found + 1] = v[2]
  end
end
return reply('OK', found)
