-- What every script of this folder begins with (QuotaScripts puts it in front). Keys and fields: QuotaKeys.cs.
-- Amounts are decimal strings and stay strings: HINCRBY adds them exactly over 64 bits, a Lua number only up to 2^53.
-- Counts and times are Lua numbers; redis.call writes and replies carry whole ones exactly.

local call = redis.call

local function clock()
  local time = call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- As of which version of the keys a secret is withdrawn, and from when; nil when it is not.
local function withdrawal(text)
  if not text then
    return nil
  end
  local version, from = string.match(text, '^(%d+) (%d+)$')
  return tonumber(version), tonumber(from)
end
