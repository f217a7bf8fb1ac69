#!lua flags=allow-oom
-- Notes that the garbage of a job is gone. ARGV: job.
redis.call('ZREM', P .. 'gc', ARGV[1])
return reply('OK')
