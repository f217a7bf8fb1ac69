#!lua flags=allow-oom
-- Takes back what a leaving worker still leases; answers how many leases are left for another call.
-- ARGV: worker, tasks at most, idempotency tail ms.
local worker, idem_ms = ARGV[1], tonumber(ARGV[3])
for _, id in ipairs(redis.call('ZRANGE', P .. 'wl:' .. worker, 0, tonumber(ARGV[2]) - 1)) do
  local t = task_of(id)
  if not t or t.state ~= 'leased' or t.worker ~= worker then
    redis.call('ZREM', P .. 'wl:' .. worker, id)
    redis.call('HINCRBY', P .. 'stat', 'dropped', 1)
  elseif live(job_of(t.job).state) then
    retry_now(t, 'released', 'its worker left')
  else
    drop(t, idem_ms)
  end
end
settle()
local left = redis.call('ZCARD', P .. 'wl:' .. worker)
if left == 0 then
  redis.call('DEL', P .. 'wk:' .. worker)
  redis.call('ZREM', P .. 'workers', worker)
end
return reply('OK', left)
