#!lua flags=no-writes
-- What went wrong since the queue began, counted: reports under leases that were no longer in force,
-- entries of an index that had no business there, breakers opened.
return reply('OK', redis.call('HMGET', P .. 'stat', 'stale', 'dropped', 'breaker_opened'))
