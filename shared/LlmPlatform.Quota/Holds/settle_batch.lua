-- Settles many events, one after the other, each as settle.lua does: QuotaScripts puts its body in front, as settle.
-- KEYS  for each event those of settle.lua, then the budgets' counters whose levels are wanted
-- ARGV  1 events, then for each how many keys, how many arguments, and the arguments
-- Gives now, the outcomes, then for each wanted counter {spent, held, limit, revision}

local key, argument, now = 0, 1, nil
local outcomes = {}
for event = 1, tonumber(ARGV[1]) do
  local keys, arguments = {}, {}
  for i = 1, tonumber(ARGV[argument + 1]) do
    keys[i] = KEYS[key + i]
  end
  for i = 1, tonumber(ARGV[argument + 2]) do
    arguments[i] = ARGV[argument + 2 + i]
  end
  key, argument = key + #keys, argument + 2 + #arguments
  local done = settle(keys, arguments)
  outcomes[event], now = done[1], done[2]
end

local reply = { now, outcomes }
for i = key + 1, #KEYS do
  reply[#reply + 1] = call('HMGET', KEYS[i], 'spent', 'held', 'lim', 'rev')
end
return reply
