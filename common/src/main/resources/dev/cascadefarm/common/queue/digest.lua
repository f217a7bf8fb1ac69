#!lua flags=no-writes
-- The digest registered for a bundle. ARGV: bundle.
return reply('OK', redis.call('HGET', P .. 'bundles', ARGV[1]))
