-- Admits a request or refuses it: everything is checked first, and only then everything applied.
-- KEYS  1 hold  2 leases  3 revoked  then the budgets' counters, then the rules' counters
-- ARGV  1 request  2 key id  3 estimate  4 lease ms  5 budgets  6 rules  7 ms a counter outlives its period
--       for each budget: limit, revision, enforced 1 or 0, start ms, end ms, its line in the hold
--       for each rule: window, bucket or open; capacity; cost; window ms; refill in a window
-- Gives REVOKED now | ENDED now | REPLAY admitted-at lines | PERIOD now | RATE now rule used wait-ms
--       | BUDGET now budget limit spent held held-only | OK now used…

local now = clock()
local request, estimate = ARGV[1], ARGV[3]
local budgets, rules = tonumber(ARGV[5]), tonumber(ARGV[6])
local first_budget, first_rule = 7, 7 + 6 * budgets

if redis.call('SISMEMBER', KEYS[3], ARGV[2]) == 1 then
  return { 'REVOKED', text(now) }
end

local earlier = redis.call('HMGET', KEYS[1], 'st', 'at', 'budgets')
if earlier[1] == 'open' then
  return { 'REPLAY', earlier[2], earlier[3] }
elseif earlier[1] then
  return { 'ENDED', text(now) }
end

-- Counters are named by period: of a caller whose clock stands in another one, nothing may be counted.
for i = 1, budgets do
  local at = first_budget + 6 * (i - 1)
  if now < tonumber(ARGV[at + 4]) or now >= tonumber(ARGV[at + 5]) then
    return { 'PERIOD', text(now) }
  end
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
  local at = first_rule + 5 * (i - 1)
  local method, key = ARGV[at + 1], KEYS[3 + budgets + i]
  local capacity, cost, window = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local before, wait
  if method == 'window' then
    local number, into = math.floor(now / window), now % window
    local kept = redis.call('HMGET', key, 'w', 'c', 'pc')
    local kept_number, count, carried = tonumber(kept[1]), tonumber(kept[2]) or 0, tonumber(kept[3]) or 0
    if kept_number == number - 1 then
      carried, count = count, 0
    elseif kept_number ~= number then
      carried, count = 0, 0
    end
    before = carried * (1 - into / window) + count
    wait = window_wait(count, carried, cost, capacity, into, window)
    counted[i] = { number = number, count = count + cost, carried = carried, is_new = kept_number ~= number }
  elseif method == 'bucket' then
    local pace = tonumber(ARGV[at + 5]) / window
    local kept = redis.call('HMGET', key, 't', 'ts')
    local level = kept[1] and math.min(capacity, tonumber(kept[1]) + (now - tonumber(kept[2])) * pace) or capacity
    before = capacity - level
    wait = math.ceil((cost - level) / pace)
    counted[i] = { level = level - cost, life = math.ceil(capacity / pace) }
  else
    before = tonumber(redis.call('GET', key) or '0')
    wait = 1000
    counted[i] = {}
  end
  -- A thousandth of a call of rounding must not refuse what the wait given earlier had promised.
  if before + cost > capacity + 0.001 and (not refused or wait > refused_wait) then
    refused, refused_wait = { 'RATE', text(now), text(i), text(math.ceil(before)), text(wait) }, wait
  end
  used[i] = text(math.ceil(before + cost - 0.001))
end
if refused then
  return refused
end

local exhausted, refused_until = false, 0
for i = 1, budgets do
  local at, key = first_budget + 6 * (i - 1), KEYS[3 + i]
  local limit, revision, enforced, period_end = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 5]
  local kept = redis.call('HMGET', key, 'spent', 'held', 'lim', 'enf', 'rev', 'end')
  -- The limit is not an effect of this request but a fact it brings along: refused or not, the newer one is written.
  if kept[5] and tonumber(kept[5]) >= tonumber(revision) then
    limit, enforced = kept[3], kept[4]
  else
    redis.call('HSET', key, 'lim', limit, 'enf', enforced, 'rev', revision)
  end
  if not kept[6] then
    redis.call('HSET', key, 'end', period_end)
    redis.call('PEXPIREAT', key, text(tonumber(period_end) + tonumber(ARGV[7])))
  end
  local spent, held = kept[1] or '0', kept[2] or '0'
  if enforced == '1' and not fits(limit, spent, held, estimate) then
    local is_exhausted = not fits(limit, spent, '0', estimate)
    local ends = tonumber(period_end)
    if not refused or (is_exhausted and not exhausted) or (is_exhausted == exhausted and ends > refused_until) then
      refused = { 'BUDGET', text(now), text(i), limit, spent, held, is_exhausted and '0' or '1' }
      exhausted, refused_until = is_exhausted, ends
    end
  end
end
if refused then
  return refused
end

local lines, slots = {}, {}
for i = 1, budgets do
  redis.call('HINCRBY', KEYS[3 + i], 'held', estimate)
  lines[i] = ARGV[first_budget + 6 * i]
end
for i = 1, rules do
  local method, key, new = ARGV[first_rule + 5 * (i - 1) + 1], KEYS[3 + budgets + i], counted[i]
  if method == 'window' then
    redis.call('HSET', key, 'w', text(new.number), 'c', text(new.count), 'pc', text(new.carried))
    if new.is_new then
      redis.call('PEXPIRE', key, text(2 * tonumber(ARGV[first_rule + 5 * (i - 1) + 4])))
    end
  elseif method == 'bucket' then
    redis.call('HSET', key, 't', string.format('%.6f', new.level), 'ts', text(now))
    redis.call('PEXPIRE', key, text(new.life))
  else
    redis.call('INCR', key)
    slots[#slots + 1] = key
  end
end
redis.call('HSET', KEYS[1], 'st', 'open', 'at', text(now), 'amt', estimate, 'rem', estimate,
  'budgets', table.concat(lines, '\n'), 'slots', table.concat(slots, '\n'))
redis.call('ZADD', KEYS[2], text(now + tonumber(ARGV[4])), request)
return { 'OK', text(now), unpack(used) }
