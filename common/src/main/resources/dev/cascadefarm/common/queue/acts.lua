-- Joined in front of the scripts of operators, after the prelude.

-- Notes who did what, for those who ask later.
local function note(by, action, target, detail)
  redis.call('XADD', P .. 'acts', 'MAXLEN', '~', 10000, '*', 'at', now, 'by', by,
    'action', action, 'target', target, 'detail', detail)
end

