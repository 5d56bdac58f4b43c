-- Holds more for a request that is under way: all of it in every budget that refuses, or nothing.
-- KEYS  1 hold
-- ARGV  1 the amount of money  2 of tokens
--       then of each budget that the caller knows: it and its current period, as a hold's line begins; limit; revision;
--       1 when it is enforced else 0; from when until when all this holds
-- Gives {1} when it is held, {-1} when the request holds nothing any more; where a budget has no room for it
--       {0, budget, period, limit, spent, held, 1 when only what is held stands in the way else 0}

local kept = open_hold(KEYS[1])
if not kept then
  return { -1 }
end
if tonumber(kept[2]) + tonumber(ARGV[1]) >= EXACT or tonumber(kept[3] or '0') + tonumber(ARGV[2]) >= EXACT then
  return redis.error_reply('ERR a request cannot hold as much')
end
local now, known = clock(), {}
for i = 3, #ARGV, 6 do
  if now >= tonumber(ARGV[i + 4]) and now < tonumber(ARGV[i + 5]) then
    known[ARGV[i]] = i
  end
end

-- As with a reserve, a newer limit is no effect of the request but a fact that it brings along. Never into a counter
-- that is not there: that Redis has been emptied shows by its having no revision.
local function newest(counter, level, i)
  if i and level[5] and tonumber(ARGV[i + 2]) > tonumber(level[5]) then
    level[3], level[4] = ARGV[i + 1], ARGV[i + 3]
    call('HSET', counter, 'lim', level[3], 'enf', level[4], 'rev', ARGV[i + 2])
  end
  return level
end

local counters = {}
for budget, period, counts_tokens in string.gmatch(kept[4], LINE) do
  local counter, amount = 'b:{q}:' .. budget .. ':' .. period, counts_tokens == '' and ARGV[1] or ARGV[2]
  local level = newest(
    counter, call('HMGET', counter, 'spent', 'held', 'lim', 'enf', 'rev'), known[budget .. '\t' .. period])
  if level[4] == '1' and room(level[3], level[1] or '0', level[2] or '0') < tonumber(amount) then
    local held_only = room(level[3], level[1] or '0', '0') >= tonumber(amount)
    return { 0, budget, period, level[3], level[1] or '0', level[2] or '0', held_only and 1 or 0 }
  end
  counters[#counters + 1] = { counter, amount }
end
for _, counter in ipairs(counters) do
  call('HINCRBY', counter[1], 'held', counter[2])
end
kept[2] = changed(kept[2], ARGV[1])
kept[3] = kept[3] and changed(kept[3], ARGV[2])
write_hold(KEYS[1], kept)
return { 1 }
