-- Joined in front of the scripts of the auditor, after the prelude. ARGV[1]: '1' to repair.
local repairing = ARGV[1] == '1'
local findings = {}

-- Notes what should not be; true if it is to be put right.
local function found(kind, what, detail)
  findings[#findings + 1] = {kind, what, detail}
  redis.call('HINCRBY', P .. 'stat', 'audit_found', 1)
  return repairing
end

local INDEXES = {ready = 'rdy', delayed = 'dly', leased = 'lease'}

local function index_key(index, t)
  return P .. index .. ':' .. t.bundle .. (index == 'rdy' and ':' .. t.tenant or '')
end

