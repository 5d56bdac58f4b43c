-- What every script of this folder begins with (QuotaScripts puts it in front). Keys and fields: QuotaKeys.cs.
-- Amounts are decimal strings and stay strings: HINCRBY adds them exactly over 64 bits, a Lua number only up to 2^53.
-- Counts and times are Lua numbers; redis.call writes and replies carry whole ones exactly.

local call = redis.call

local function clock()
  local time = call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- An amount as billions and rest. Near zero, where a sign is decided, sums of both are exact.
local function split(amount)
  if #amount <= 15 then
    return 0, tonumber(amount)
  end
  local billions, rest = tonumber(string.sub(amount, 1, -10)), tonumber(string.sub(amount, -9))
  return billions, billions < 0 and -rest or rest
end

-- Whether a + b + c <= limit, exactly.
local function fits(limit, a, b, c)
  if #limit <= 15 and #a <= 15 and #b <= 15 and #c <= 15 then
    return a + b + c <= tonumber(limit)
  end
  local billions, rest = split(limit)
  for _, amount in ipairs({ a, b, c }) do
    local more, less = split(amount)
    billions, rest = billions - more, rest - less
  end
  return billions * 1000000000 + rest >= 0
end

-- As of which version of the keys a secret is withdrawn, and from when; nil when it is not.
local function withdrawal(text)
  local version, from = string.match(text or '', '^(%d+) (%d+)$')
  return tonumber(version), tonumber(from)
end

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

-- Ends an open hold: frees what is left of it and its slots, and remembers for a while that it has ended.
local function finish(hold, leases, request, retention)
  local left = call('HGET', hold, 'rem')
  take(hold, left)
  for slot in string.gmatch(call('HGET', hold, 'slots') or '', '[^\n]+') do
    if call('DECR', slot) <= 0 then
      call('DEL', slot)
    end
  end
  call('HSET', hold, 'st', 'ended')
  call('HDEL', hold, 'amt', 'rem', 'budgets', 'slots')
  call('PEXPIRE', hold, retention)
  call('ZREM', leases, request)
  return left
end
