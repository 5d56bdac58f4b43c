-- Ends a request that leaves no more usage, and frees what it still holds.
-- KEYS  1 hold  2 leases
-- ARGV  1 request  2 retention ms
-- Gives the amount of money freed

local kept = open_hold(KEYS[1])
if kept then
  return finish(KEYS[1], kept, KEYS[2], ARGV[1], ARGV[2], 0)
end
-- The reserve may still be on its way, overtaken by this; it must find that the request has ended.
call('SET', KEYS[1], 'ended', 'PX', ARGV[2], 'NX')
return '0'
