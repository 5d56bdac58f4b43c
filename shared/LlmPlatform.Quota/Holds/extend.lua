-- Holds more for a request that is under way: all of it in every budget that refuses, or nothing.
-- KEYS  1 hold
-- ARGV  1 the amount of money  2 of tokens
-- Gives {1} when it is held, {-1} when the request holds nothing any more; where a budget has no room for it
--       {0, budget, period, limit, spent, held, 1 when only what is held stands in the way else 0}

local kept = open_hold(KEYS[1])
if not kept then
  return { -1 }
end
local counters = {}
for budget, period, counts_tokens in string.gmatch(kept[4] or '', LINE) do
  local counter, amount = 'b:{q}:' .. budget .. ':' .. period, counts_tokens == '' and ARGV[1] or ARGV[2]
  local level = call('HMGET', counter, 'spent', 'held', 'lim', 'enf')
  if level[4] == '1' and room(level[3], level[1] or '0', level[2] or '0') < tonumber(amount) then
    local held_only = room(level[3], level[1] or '0', '0') >= tonumber(amount)
    return { 0, budget, period, level[3], level[1] or '0', level[2] or '0', held_only and 1 or 0 }
  end
  counters[#counters + 1] = { counter, amount }
end
for _, counter in ipairs(counters) do
  call('HINCRBY', counter[1], 'held', counter[2])
end
call('HINCRBY', KEYS[1], 'rem', ARGV[1])
if kept[3] then
  call('HINCRBY', KEYS[1], 'remt', ARGV[2])
end
return { 1 }
