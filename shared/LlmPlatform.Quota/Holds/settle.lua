-- Moves what an event cost into the budgets it names, once for each event id and version.
-- KEYS  1 hold  2 leases  3 marker  4 generation of the counters  5 what they were seeded with
--       then the budgets' counters
-- ARGV  1 request  2 version  3 cost  4 occurred at ms  5 marker ms  6 ends the request 1 or 0  7 retention ms
--       8 ms that a counter without a known period lives  9 levels wanted 1 or 0  10 tokens
--       11 the generation that the counters have at least  12 and 13: the spool and the sequence in it, or nothing
--       14 a letter for each budget: u money, t tokens
-- Gives LOST now | SETTLED | REPLACED | REPEATED | CONFLICT | TOOOLD, now, and where wanted for each budget
--       {spent, held, limit, revision, end}

local now = clock()
local version, cost, tokens, letters = ARGV[2], ARGV[3], ARGV[10], ARGV[14]
local before_budgets = 5
local known = call('MGET', KEYS[1], KEYS[3], KEYS[4])
if #KEYS > before_budgets and tonumber(known[3] or '0') < tonumber(ARGV[11]) then
  return { 'LOST', now }
end

local kept, settled = opened(known[1]), known[2]
local seeded = not settled and ARGV[13] ~= '' and call('HGET', KEYS[5], ARGV[12])

-- Adds to a field of every budget; says for each how it stands then.
local function add(field, sign, money, count)
  for i = before_budgets + 1, #KEYS do
    local amount = string.byte(letters, i - before_budgets) == 116 and count or money
    if amount ~= '0' or sign == '' then
      local after = call('HINCRBY', KEYS[i], field, sign .. amount)
      -- Only a counter that is new has no end yet.
      if field == 'spent' and after == tonumber(amount) and call('HEXISTS', KEYS[i], 'end') == 0
          and call('PTTL', KEYS[i]) == -1 then
        call('PEXPIRE', KEYS[i], ARGV[8])
      end
    end
  end
end

local outcome
if settled then
  local old_version, old_cost, old_tokens = string.match(settled, '^(%d+):(%d+):?(%d*)$')
  if old_version == version and old_cost ~= cost then
    -- The first stands: whether this one is right is for a person to say, who gives it a higher version.
    outcome = 'CONFLICT'
  elseif tonumber(old_version) >= tonumber(version) then
    outcome = 'REPEATED'
  else
    outcome = 'REPLACED'
    old_tokens = old_tokens == '' and '0' or old_tokens
    add('spent', '', cost, tokens)
    add('spent', '-', old_cost, old_tokens)
    if old_version == '1' then
      add('est', '-', old_cost, old_tokens)
    end
    if tonumber(version) > 2 then
      add('cor', '', cost, tokens)
      add('cor', '-', old_cost, old_tokens)
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
  add('spent', '', cost, tokens)
  if version == '1' then
    add('est', '', cost, tokens)
  end
  if kept and ARGV[6] == '0' then
    local money, count = smaller(cost, kept[2]), smaller(tokens, kept[3] or '0')
    free(kept[4], money, count)
    kept[2] = changed(kept[2], '-' .. money)
    kept[3] = kept[3] and changed(kept[3], '-' .. count)
    kept[7] = kept[7] + tonumber(tokens)
    write_hold(KEYS[1], kept)
  end
end

if outcome == 'SETTLED' or outcome == 'REPLACED' then
  local marker = version .. ':' .. cost
  call('SET', KEYS[3], string.find(letters, 't', 1, true) and marker .. ':' .. tokens or marker, 'PX', ARGV[5])
end
if kept and ARGV[6] == '1' then
  finish(KEYS[1], kept, KEYS[2], ARGV[1], ARGV[7], tonumber(tokens) + kept[7])
end

local reply = { outcome, now }
if ARGV[9] == '1' then
  for i = before_budgets + 1, #KEYS do
    reply[i - before_budgets + 2] = call('HMGET', KEYS[i], 'spent', 'held', 'lim', 'rev')
  end
end
return reply
