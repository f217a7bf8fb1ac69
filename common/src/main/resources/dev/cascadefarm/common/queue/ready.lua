#!lua flags=allow-oom
-- Writes, so that a Redis that refuses writes is not taken for a working one.
redis.call('HSET', P .. 'stat', 'probed', now)
return reply('OK')
