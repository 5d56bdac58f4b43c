-- Holds more for a request that is under way: all of it in every budget that refuses, or nothing.
-- KEYS  1 hold
-- ARGV  1 the amount
-- Gives 1 when it is held, 0 when a budget has no room for it, -1 when the request holds nothing any more

if call('HGET', KEYS[1], 'st') ~= 'open' then
  return -1
end
local counters = {}
for budget, period in string.gmatch(call('HGET', KEYS[1], 'budgets') or '', '([^\t\n]+)\t([^\t\n]+)\t[^\n]+') do
  local counter = 'b:{q}:' .. budget .. ':' .. period
  local kept = call('HMGET', counter, 'spent', 'held', 'lim', 'enf')
  if kept[4] == '1' and room(kept[3], kept[1] or '0', kept[2] or '0') < tonumber(ARGV[1]) then
    return 0
  end
  counters[#counters + 1] = counter
end
for _, counter in ipairs(counters) do
  call('HINCRBY', counter, 'held', ARGV[1])
end
call('HINCRBY', KEYS[1], 'rem', ARGV[1])
return 1
