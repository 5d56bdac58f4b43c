-- Extends the leases of open requests.
-- KEYS  1 leases
-- ARGV  1 lease ms  then the requests
-- Gives how many of them are still open

local lease_end = clock() + tonumber(ARGV[1])
local open = 0
for i = 2, #ARGV do
  if call('ZSCORE', KEYS[1], ARGV[i]) then
    call('ZADD', KEYS[1], 'XX', 'GT', lease_end, ARGV[i])
    open = open + 1
  end
end
return open
