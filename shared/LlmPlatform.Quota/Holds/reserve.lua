-- Admits a request or refuses it: everything is checked first, and only then everything applied.
-- KEYS  1 hold  2 leases  3 the secret among the withdrawn  4 generation of the counters
--       then the budgets' counters, then the rules' counters
-- ARGV  1 request  2 version of the keys  3 estimate  4 the least of it that is worth admitting  5 lease ms  6 budgets
--       7 rules  8 ms a counter outlives its period
--       9 and 10: from when until when all the periods named are the current ones
--       11 the generation that the counters have at least
--       for each budget: limit, revision, enforced 1 or 0, end ms, its line in the hold
--       for each rule: window, tokens, bucket or open; capacity; cost; window ms; refill in a window
-- Gives REVOKED now | ENDED now | REPLAY admitted-at lines held | PERIOD now | LOST now | RATE now rule used wait-ms
--       | BUDGET now budget limit spent held held-only
--       | OK now held used… and what each budget had left before, -1 where it enforces nothing

local KEYS, ARGV = KEYS, ARGV
local now = clock()
local estimate, least = tonumber(ARGV[3]), tonumber(ARGV[4])
local budgets, rules = tonumber(ARGV[6]), tonumber(ARGV[7])
local before_budgets = 11
local before_rules = before_budgets + 5 * budgets

local withdrawn, from = withdrawal(call('GET', KEYS[3]))
if withdrawn and tonumber(ARGV[2]) < withdrawn and now >= from then
  return { 'REVOKED', now }
end

local earlier = call('HMGET', KEYS[1], 'st', 'at', 'budgets', 'rem')
if earlier[1] == 'open' then
  return { 'REPLAY', earlier[2], earlier[3], earlier[4] }
elseif earlier[1] then
  return { 'ENDED', now }
end

-- Counters are named by period: of a caller whose clock stands in another one, nothing may be counted.
if now < tonumber(ARGV[9]) or now >= tonumber(ARGV[10]) then
  return { 'PERIOD', now }
end

-- When the same request would pass: what was carried in weighs less with every moment of the window.
local function window_wait(count, carried, cost, capacity, into, window)
  local room = capacity - cost
  if room < 0 then
    return window
  elseif count <= room then
    return math.ceil((1 - (room - count) / carried) * window) - into
  end
  return window - into + math.ceil((1 - room / count) * window)
end

local refused, refused_wait
local counted, used = {}, {}
for i = 1, rules do
  local at = before_rules + 5 * (i - 1)
  local method, key = ARGV[at + 1], KEYS[4 + budgets + i]
  local capacity, cost, window = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local wait = 1000
  local before
  -- A thousandth of a call of rounding must not refuse what the wait given earlier had promised.
  local most = capacity - cost + 0.001
  if method == 'window' or method == 'tokens' then
    local into = now % window
    local number = (now - into) / window
    local kept = call('HMGET', key, 'w', 'c', 'pc')
    local kept_number, count, carried = tonumber(kept[1]), tonumber(kept[2]) or 0, tonumber(kept[3]) or 0
    if kept_number == number - 1 then
      carried, count = count, 0
    elseif kept_number ~= number then
      carried, count = 0, 0
    end
    before = carried * (1 - into / window) + count
    wait = before > most and window_wait(count, carried, cost, capacity, into, window)
    counted[i] = kept_number ~= number and { number, carried, 2 * window }
  elseif method == 'bucket' then
    local pace = tonumber(ARGV[at + 5]) / window
    local kept = call('HMGET', key, 't', 'ts')
    local level = kept[1] and math.min(capacity, tonumber(kept[1]) + (now - tonumber(kept[2])) * pace) or capacity
    before = capacity - level
    wait = math.ceil((cost - level) / pace)
    counted[i] = { level - cost, math.ceil(capacity / pace) }
  else
    before = tonumber(call('GET', key) or '0')
  end
  if before > most and (not refused or wait > refused_wait) then
    refused, refused_wait = { 'RATE', now, i, math.ceil(before), wait }, wait
  end
  used[i] = math.ceil(before + cost - 0.001)
end
if refused then
  return refused
end

-- The limit is not an effect of this request but a fact it brings along: refused or not, the newer one is written.
local function newest(key, limit, revision, enforced, period_end)
  local kept = call('HMGET', key, 'lim', 'enf', 'rev', 'end')
  if not kept[4] then
    call('HSET', key, 'end', period_end)
    call('PEXPIREAT', key, tonumber(period_end) + tonumber(ARGV[8]))
  end
  if kept[3] and tonumber(kept[3]) > tonumber(revision) then
    return kept[1], kept[2]
  end
  call('HSET', key, 'lim', limit, 'enf', enforced, 'rev', revision)
  return limit, enforced
end

-- A counter that is new is one of a new period, or one of a store that was emptied and has not been filled again.
local function is_lost()
  return tonumber(call('GET', KEYS[4]) or '0') < tonumber(ARGV[11])
end

local lines = {}
local exhausted, refused_until = false, 0
local granted, granted_text = estimate, ARGV[3]
for i = 1, budgets do
  local at, key = before_budgets + 5 * (i - 1), KEYS[4 + i]
  local limit, revision, enforced = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  lines[i] = ARGV[at + 5]
  local kept = call('HMGET', key, 'spent', 'held', 'rev')
  if kept[3] ~= revision then
    if not kept[3] and is_lost() then
      return { 'LOST', now }
    end
    limit, enforced = newest(key, limit, revision, enforced, ARGV[at + 4])
  end
  used[rules + i] = -1
  if enforced == '1' then
    local spent, held = kept[1] or '0', kept[2] or '0'
    local left = room(limit, spent, held)
    used[rules + i] = left
    if left < least then
      local is_exhausted = room(limit, spent, '0') < least
      local ends = tonumber(ARGV[at + 4])
      if not refused or (is_exhausted and not exhausted) or (is_exhausted == exhausted and ends > refused_until) then
        refused = { 'BUDGET', now, i, limit, spent, held, is_exhausted and 0 or 1 }
        exhausted, refused_until = is_exhausted, ends
      end
    elseif left < granted then
      granted, granted_text = left, string.format('%.0f', left)
    end
  end
end
if refused then
  return refused
end

for i = 1, budgets do
  call('HINCRBY', KEYS[4 + i], 'held', granted_text)
end
local hold = { 'st', 'open', 'at', now, 'rem', granted_text, 'budgets', table.concat(lines, '\n') }
local slots, tokens
for i = 1, rules do
  local at, key, new = before_rules + 5 * (i - 1), KEYS[4 + budgets + i], counted[i]
  local method = ARGV[at + 1]
  if method == 'window' or method == 'tokens' then
    -- A number is written a good deal slower than a text that is there: what stays is not written again.
    if new then
      call('HSET', key, 'w', new[1], 'c', ARGV[at + 3], 'pc', new[2])
      call('PEXPIRE', key, new[3])
    else
      call('HINCRBY', key, 'c', ARGV[at + 3])
    end
    if method == 'tokens' then
      local line = key .. '\t' .. ARGV[at + 3] .. '\t' .. ARGV[at + 4]
      tokens = tokens and tokens .. '\n' .. line or line
    end
  elseif method == 'bucket' then
    call('HSET', key, 't', string.format('%.6f', new[1]), 'ts', now)
    call('PEXPIRE', key, new[2])
  else
    call('INCR', key)
    slots = slots and slots .. '\n' .. key or key
  end
end
if slots then
  hold[#hold + 1] = 'slots'
  hold[#hold + 1] = slots
end
if tokens then
  hold[#hold + 1] = 'tokens'
  hold[#hold + 1] = tokens
end
call('HSET', KEYS[1], unpack(hold))
call('ZADD', KEYS[2], now + tonumber(ARGV[5]), ARGV[1])
return { 'OK', now, granted, unpack(used) }
