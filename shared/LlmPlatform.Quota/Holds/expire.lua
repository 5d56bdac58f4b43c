-- Frees holds whose lease has run out, the oldest first.
-- KEYS  1 leases
-- ARGV  1 how many at most  2 retention ms
-- Gives request, amount of money freed, request, …

local due = call('ZRANGEBYSCORE', KEYS[1], '-inf', clock(), 'LIMIT', 0, ARGV[1])
local freed = {}
for _, request in ipairs(due) do
  local hold = 'hold:{q}:' .. request
  local kept = open_hold(hold)
  if kept then
    freed[#freed + 1] = request
    freed[#freed + 1] = finish(hold, kept, KEYS[1], request, ARGV[2])
  else
    call('ZREM', KEYS[1], request)
  end
end
return freed
