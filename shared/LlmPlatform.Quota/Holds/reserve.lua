-- Admits a request or refuses it: everything is checked first, and only then everything applied.
-- KEYS  1 hold  2 leases  3 the secret among the withdrawn  4 generation of the counters
--       then the budgets' counters, then the rules' counters
-- ARGV  1 request  2 and 3: estimate, tokens
--       4 packed: version of the keys; the least of the estimate, and of the tokens, that is worth admitting; lease ms;
--         from when until when all the periods named are the current ones; the generation that the counters have at
--         least
--       5 a letter for each budget: u money, t tokens, in capitals where it is enforced  6 their lines in the hold
--       7 packed: ms a counter outlives its period, then the end of each budget's
--       for each budget: limit, revision
--       for each rule: cost; packed: 0 window, 1 tokens, 2 bucket, 3 open; capacity; window ms; refill in a window
-- Packed numbers are doubles, big end first: one of them costs less to read than an argument of its own.
-- Gives REVOKED now | ENDED now | REPLAY admitted-at lines held held-tokens | PERIOD now | LOST now
--       | RATE now rule used wait-ms | BUDGET now budget limit spent held held-only
--       | packed, without a word before it: now, held, held tokens, used…, and what each budget had left before, -1
--         where it enforces nothing

local KEYS, ARGV = KEYS, ARGV
local now = clock()
local estimate, tokens, letters = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[5]
local keys_version, least_money, least_tokens, lease, from, till, generation = struct.unpack('>ddddddd', ARGV[4])
local budgets = #letters
local before_budgets = 7
local before_rules = before_budgets + 2 * budgets
local rules = (#ARGV - before_rules) / 2

local known = call('MGET', KEYS[1], KEYS[3])
local withdrawn, dead_from = withdrawal(known[2])
if withdrawn and keys_version < withdrawn and now >= dead_from then
  return { 'REVOKED', now }
end

local earlier = opened(known[1])
if earlier then
  -- Where no budget counts tokens, none bounds them: as at the first asking.
  return { 'REPLAY', earlier[1], earlier[4], earlier[2], earlier[3] or ARGV[3] }
elseif known[1] then
  return { 'ENDED', now }
end

-- Counters are named by period: of a caller whose clock stands in another one, nothing may be counted.
if now < from or now >= till then
  return { 'PERIOD', now }
end

local refused, refused_wait
local counted, used = {}, {}
for i = 1, rules do
  local at, key = before_rules + 2 * i, KEYS[4 + budgets + i]
  local cost = tonumber(ARGV[at - 1])
  local method, capacity, window, refill = struct.unpack('>dddd', ARGV[at])
  local wait = 1000
  local before
  -- A thousandth of a call of rounding must not refuse what the wait given earlier had promised.
  local most = capacity - cost + 0.001
  if method < 2 then
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
    if before > most then
      -- When the same request would pass: what was carried in weighs less with every moment of the window.
      local free = capacity - cost
      if free < 0 then
        wait = window
      elseif count <= free then
        wait = math.ceil((1 - (free - count) / carried) * window) - into
      else
        wait = window - into + math.ceil((1 - free / count) * window)
      end
    end
    counted[i] = kept_number ~= number and { number, carried, 2 * window }
  elseif method == 2 then
    local pace = refill / window
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
local function newest(key, limit, revision, enforced, i)
  local kept = call('HMGET', key, 'lim', 'enf', 'rev', 'end')
  if not kept[4] then
    local ends = struct.unpack('>d', ARGV[7], 1 + 8 * i)
    call('HSET', key, 'end', ends)
    call('PEXPIREAT', key, ends + struct.unpack('>d', ARGV[7]))
  end
  if kept[3] and tonumber(kept[3]) > tonumber(revision) then
    return kept[1], kept[2] == '1'
  end
  call('HSET', key, 'lim', limit, 'enf', enforced and '1' or '0', 'rev', revision)
  return limit, enforced
end

local exhausted, refused_until = false, 0
local money, money_text, token_text = estimate, ARGV[2], ARGV[3]
for i = 1, budgets do
  local at, key, letter = before_budgets + 2 * i, KEYS[4 + i], string.byte(letters, i)
  local limit, revision, enforced = ARGV[at - 1], ARGV[at], letter < 97
  local kept = call('HMGET', key, 'spent', 'held', 'rev')
  if kept[3] ~= revision then
    -- A counter that is new is one of a new period, or one of a store that was emptied and is not filled again.
    if not kept[3] and tonumber(call('GET', KEYS[4]) or '0') < generation then
      return { 'LOST', now }
    end
    limit, enforced = newest(key, limit, revision, enforced, i)
  end
  local left = -1
  if enforced then
    local spent, held = kept[1] or '0', kept[2] or '0'
    local counts_tokens = letter % 32 == 20
    local least = counts_tokens and least_tokens or least_money
    left = room(limit, spent, held)
    if left < least then
      local is_exhausted = room(limit, spent, '0') < least
      local ends = struct.unpack('>d', ARGV[7], 1 + 8 * i)
      if not refused or (is_exhausted and not exhausted) or (is_exhausted == exhausted and ends > refused_until) then
        refused = { 'BUDGET', now, i, limit, spent, held, is_exhausted and 0 or 1 }
        exhausted, refused_until = is_exhausted, ends
      end
    elseif counts_tokens then
      if left < tokens then
        tokens, token_text = left, string.format('%.0f', left)
      end
    elseif left < money then
      money, money_text = left, string.format('%.0f', left)
    end
  end
  used[rules + i] = left
end
if refused then
  return refused
end

local holds_tokens = false
for i = 1, budgets do
  if string.byte(letters, i) % 32 == 20 then
    holds_tokens = true
    call('HINCRBY', KEYS[4 + i], 'held', token_text)
  else
    call('HINCRBY', KEYS[4 + i], 'held', money_text)
  end
end
local slots, lines
for i = 1, rules do
  local at, key, new = before_rules + 2 * i, KEYS[4 + budgets + i], counted[i]
  local method = struct.unpack('>d', ARGV[at])
  if method < 2 then
    -- A number is written a good deal slower than a text that is there: what stays is not written again.
    if new then
      call('HSET', key, 'w', new[1], 'c', ARGV[at - 1], 'pc', new[2])
      call('PEXPIRE', key, new[3])
    else
      call('HINCRBY', key, 'c', ARGV[at - 1])
    end
    if method == 1 then
      local _, _, window = struct.unpack('>ddd', ARGV[at])
      local line = key .. '\t' .. ARGV[at - 1] .. '\t' .. window
      lines = lines and lines .. '\n' .. line or line
    end
  elseif method == 2 then
    call('HSET', key, 't', string.format('%.6f', new[1]), 'ts', now)
    call('PEXPIRE', key, new[2])
  else
    call('INCR', key)
    slots = slots and slots .. '\n' .. key or key
  end
end
write_hold(
  KEYS[1], { now, money_text, holds_tokens and token_text, ARGV[6], slots or false, lines or false, 0 })
call('ZADD', KEYS[2], now + lease, ARGV[1])
return struct.pack('>' .. string.rep('d', 3 + #used), now, money, tokens, unpack(used))
