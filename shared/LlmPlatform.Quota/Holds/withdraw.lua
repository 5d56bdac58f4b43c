-- Remembers which secrets of keys open nothing any more. What a later version of the keys said is not overruled.
-- KEYS  1 up to which version all are here  then one for each secret
-- ARGV  1 the version of the keys that has it so  2 ms a secret is remembered after its death
--       3: 1 when with these all are here up to that version, else 0
--       then for each secret: from when it is refused, 0 for at once

local KEYS, ARGV = KEYS, ARGV
local now = clock()
local version, remembered = tonumber(ARGV[1]), tonumber(ARGV[2])

for i = 2, #KEYS do
  local known = withdrawal(call('GET', KEYS[i]))
  if not known or known <= version then
    local from = ARGV[i + 2]
    call('SET', KEYS[i], ARGV[1] .. ' ' .. from, 'PX', math.max(0, tonumber(from) - now) + remembered)
  end
end

if ARGV[3] == '1' and (tonumber(call('GET', KEYS[1]) or '-1')) < version then
  call('SET', KEYS[1], ARGV[1])
end
return 1
