-- Moves what an event cost into the budgets it names, once for each event id and version.
-- KEYS  1 hold  2 leases  3 marker  4 generation of the counters  5 what they were seeded with
--       then the budgets' counters
-- ARGV  1 request  2 version  3 cost  4 occurred at ms  5 marker ms  6 ends the request 1 or 0  7 retention ms
--       8 ms that a counter without a known period lives  9 levels wanted 1 or 0  10 tokens
--       11 the generation that the counters have at least  12 and 13: the spool and the sequence in it, or nothing
-- Gives LOST now | SETTLED | REPLACED | REPEATED | CONFLICT | TOOOLD, now, and where wanted for each budget
--       {spent, held, limit, revision, end}

local now = clock()
local version, cost = ARGV[2], ARGV[3]
local before_budgets = 5
if #KEYS > before_budgets and tonumber(call('GET', KEYS[4]) or '0') < tonumber(ARGV[11]) then
  return { 'LOST', now }
end

local settled = call('GET', KEYS[3])
local is_open = call('HGET', KEYS[1], 'st') == 'open'
local seeded = not settled and ARGV[13] ~= '' and call('HGET', KEYS[5], ARGV[12])

local function spend(amount)
  for i = before_budgets + 1, #KEYS do
    call('HINCRBY', KEYS[i], 'spent', amount)
  end
end

local outcome
if settled then
  local old_version, old_cost = string.match(settled, '^(%d+):(%d+)$')
  if old_version == version and old_cost ~= cost then
    -- The first stands: whether this one is right is for a person to say, who gives it a higher version.
    outcome = 'CONFLICT'
  elseif tonumber(old_version) >= tonumber(version) then
    outcome = 'REPEATED'
  else
    outcome = 'REPLACED'
    spend(cost)
    if old_cost ~= '0' then
      spend('-' .. old_cost)
    end
  end
elseif seeded and tonumber(ARGV[13]) <= tonumber(seeded) then
  -- It was among what the counters were seeded with.
  outcome = 'REPEATED'
elseif now >= tonumber(ARGV[4]) + tonumber(ARGV[5]) then
  -- A marker set since then may be gone again.
  outcome = 'TOOOLD'
else
  outcome = 'SETTLED'
  spend(cost)
  if is_open and ARGV[6] == '0' then
    take(KEYS[1], smaller(cost, call('HGET', KEYS[1], 'rem')))
  end
end

if outcome == 'SETTLED' or outcome == 'REPLACED' then
  call('SET', KEYS[3], version .. ':' .. cost, 'PX', ARGV[5])
end
if is_open and ARGV[6] == '1' then
  finish(KEYS[1], KEYS[2], ARGV[1], ARGV[7], tonumber(ARGV[10]) + tonumber(call('HGET', KEYS[1], 'used') or '0'))
elseif is_open and outcome == 'SETTLED' then
  call('HINCRBY', KEYS[1], 'used', ARGV[10])
end

local reply = { outcome, now }
local has_moved = outcome == 'SETTLED' or outcome == 'REPLACED'
for i = before_budgets + 1, #KEYS do
  if has_moved and call('HEXISTS', KEYS[i], 'end') == 0 and call('PTTL', KEYS[i]) == -1 then
    call('PEXPIRE', KEYS[i], ARGV[8])
  end
  if ARGV[9] == '1' then
    reply[i - before_budgets + 2] = call('HMGET', KEYS[i], 'spent', 'held', 'lim', 'rev')
  end
end
return reply
