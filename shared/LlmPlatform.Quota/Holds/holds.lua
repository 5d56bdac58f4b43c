-- What the scripts share that take from a hold, behind hold.lua.

-- The smaller of two amounts that are not negative.
local function smaller(a, b)
  if #a ~= #b then
    return #a < #b and a or b
  end
  return a < b and a or b
end

-- What a line of a hold's budgets says: budget, period, and whether it counts tokens.
local LINE = '([^\t\n]+)\t([^\t\n]+)\t%d+(\t?t?)'

-- Takes what a hold no longer holds off what its budgets hold. A counter that was lost must not come back below zero.
local function free(lines, money, tokens)
  for budget, period, counts_tokens in string.gmatch(lines, LINE) do
    local amount = counts_tokens == '' and money or tokens
    if amount ~= '0' then
      local counter = 'b:{q}:' .. budget .. ':' .. period
      if call('HINCRBY', counter, 'held', '-' .. amount) < 0 then
        call('HDEL', counter, 'held')
      end
    end
  end
end

local function open_hold(hold)
  return opened(call('GET', hold))
end

-- Puts what was consumed in the place of what was estimated, in the window it was counted in or the one after.
local function correct(kept, used)
  for key, estimate, window in string.gmatch(kept[6] or '', '([^\t\n]+)\t(%d+)\t(%d+)') do
    local change, counted = used - tonumber(estimate), math.floor(kept[1] / tonumber(window))
    local current = tonumber(call('HGET', key, 'w'))
    local field = current == counted and 'c' or current == counted + 1 and 'pc' or nil
    if change ~= 0 and field and call('HINCRBY', key, field, change) < 0 then
      call('HSET', key, field, 0)
    end
  end
end

-- Ends an open hold: frees what is left of it and its slots, and remembers for a while that it has ended. Tokens used
-- are nil where nobody knows; then the estimate stands.
local function finish(hold, kept, leases, request, retention, used)
  free(kept[4], kept[2], kept[3] or '0')
  if used then
    correct(kept, used)
  end
  for slot in string.gmatch(kept[5] or '', '[^\n]+') do
    if call('DECR', slot) <= 0 then
      call('DEL', slot)
    end
  end
  call('SET', hold, 'ended', 'PX', retention)
  call('ZREM', leases, request)
  return kept[2]
end
