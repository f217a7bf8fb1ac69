#!lua flags=no-writes
-- Ended jobs of a tenant that are too old or too many, and may be forgotten once their artifacts are
-- gone. ARGV: tenant, then for failed jobs and for others: ms to keep, number to keep; jobs at most.
local tenant, limit = ARGV[1], tonumber(ARGV[6])
local found = {}

local function gather(state, keep_ms, keep)
  local key = ended_key(state, tenant)
  local surplus = redis.call('ZCARD', key) - keep
  local old = redis.call('ZCOUNT', key, '-inf', now - keep_ms)
  local take = math.min(math.max(surplus, old), limit - #found)
  if take > 0 then
    for _, job in ipairs(redis.call('ZRANGE', key, 0, take - 1)) do
      found[#found + 1] = job
    end
  end
end

gather('failed', tonumber(ARGV[2]), tonumber(ARGV[3]))
gather('succeeded', tonumber(ARGV[4]), tonumber(ARGV[5]))
return reply('OK', found)
