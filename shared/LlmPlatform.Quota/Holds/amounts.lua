-- Comparing amounts exactly, however large.

-- An amount as billions and rest. Near zero, where a sign is decided, sums of both are exact.
local function split(amount)
  if #amount <= 15 then
    return 0, tonumber(amount)
  end
  local billions, rest = tonumber(string.sub(amount, 1, -10)), tonumber(string.sub(amount, -9))
  return billions, billions < 0 and -rest or rest
end

-- limit - spent - held. Exact where none is above 2^53; above, large enough for every single amount.
local function room(limit, spent, held)
  local most, gone, kept = tonumber(limit), tonumber(spent), tonumber(held)
  if most < 9007199254740992 and gone < 9007199254740992 and kept < 9007199254740992 then
    return most - gone - kept
  end
  local billions, rest = split(limit)
  local more, less = split(spent)
  billions, rest = billions - more, rest - less
  more, less = split(held)
  return (billions - more) * 1000000000 + (rest - less)
end
