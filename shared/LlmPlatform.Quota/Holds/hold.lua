-- The hold of a request: 'ended', or while it is open one packed value, because the fields of a hash cost several times
-- as much to read and to write:
--   1 when it was admitted  2 what it still holds  3 of tokens, false where no budget counts them  4 its budgets
--   5 its slots, false for none  6 its counts of tokens, false for none  7 tokens of attempts that ended

-- The largest amount that a Lua number adds exactly.
local EXACT = 9007199254740992

-- An open hold from its text; nil when it is not open.
local function opened(text)
  return text and text ~= 'ended' and cmsgpack.unpack(text) or nil
end

local function write_hold(key, hold)
  call('SET', key, cmsgpack.pack(hold))
end

-- What a hold has left of an amount after a change.
local function changed(amount, change)
  return string.format('%.0f', tonumber(amount) + tonumber(change))
end
