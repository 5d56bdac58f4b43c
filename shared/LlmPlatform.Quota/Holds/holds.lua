-- What the scripts that change a hold share.

-- The smaller of two amounts that are not negative.
local function smaller(a, b)
  if #a ~= #b then
    return #a < #b and a or b
  end
  return a < b and a or b
end

-- Takes an amount off a hold and off what its budgets hold. A counter that was lost must not come back below zero.
local function take(hold, amount)
  if amount == '0' then
    return
  end
  call('HINCRBY', hold, 'rem', '-' .. amount)
  local lines = call('HGET', hold, 'budgets') or ''
  for budget, period in string.gmatch(lines, '([^\t\n]+)\t([^\t\n]+)\t[^\n]+') do
    local counter = 'b:{q}:' .. budget .. ':' .. period
    if call('HINCRBY', counter, 'held', '-' .. amount) < 0 then
      call('HDEL', counter, 'held')
    end
  end
end

-- Puts what was consumed in the place of what was estimated, in the window it was counted in or the one after.
local function correct(hold, used)
  local kept = call('HMGET', hold, 'tokens', 'at')
  for key, estimate, window in string.gmatch(kept[1] or '', '([^\t\n]+)\t(%d+)\t(%d+)') do
    local change, counted = used - tonumber(estimate), math.floor(tonumber(kept[2]) / tonumber(window))
    local current = tonumber(call('HGET', key, 'w'))
    local field = current == counted and 'c' or current == counted + 1 and 'pc' or nil
    if change ~= 0 and field and call('HINCRBY', key, field, change) < 0 then
      call('HSET', key, field, 0)
    end
  end
end

-- Ends an open hold: frees what is left of it and its slots, and remembers for a while that it has ended. Tokens used
-- are nil where nobody knows; then the estimate stands.
local function finish(hold, leases, request, retention, used)
  local left = call('HGET', hold, 'rem')
  take(hold, left)
  if used then
    correct(hold, used)
  end
  for slot in string.gmatch(call('HGET', hold, 'slots') or '', '[^\n]+') do
    if call('DECR', slot) <= 0 then
      call('DEL', slot)
    end
  end
  call('HSET', hold, 'st', 'ended')
  call('HDEL', hold, 'rem', 'budgets', 'slots', 'tokens', 'used')
  call('PEXPIRE', hold, retention)
  call('ZREM', leases, request)
  return left
end
