#!lua flags=allow-oom
-- Looks for members of an index that have no business there. Answers with the cursor to go on from,
-- '0' at the end.
-- ARGV: '1' to repair, state of its tasks, bundle ('' for the list of a worker), tenant or worker
-- ('' for an index of all), cursor, members at most.
local state, bundle, owner, cursor = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local key = P .. (bundle == '' and 'wl:' .. owner or INDEXES[state] .. ':' .. bundle
  .. (owner == '' and '' or ':' .. owner))
local page = redis.call('ZSCAN', key, cursor, 'COUNT', ARGV[6])
for i = 1, #page[2], 2 do
  local id = page[2][i]
  local t = task_of(id)
  if (not t or t.state ~= state or (bundle == '' and t.worker ~= owner))
      and found('X', id, (t and t.state or 'not there') .. ', but in ' .. string.sub(key, #P + 1)) then
    redis.call('ZREM', key, id)
    if t then
      sync(t.bundle, t.tenant)
    end
  end
end
return reply('OK', findings, page[1])
