-- Counts events in the live windows, each once for its place in its edge's sequence.
-- KEYS  1 bits of the sequence that are counted  then the windows
-- ARGV  1 ms the bits live  2 rows at most  3 rows here  then for each window the ms it lives, then the rows' names
--       then for each event: bit, number of its row, requests, input tokens, output tokens, cost
-- Gives how many were counted now; the others had been

local names = tonumber(ARGV[3])
local before_names = 3 + #KEYS - 1
local sums, counted = {}, 0
for at = before_names + names + 1, #ARGV, 6 do
  if redis.call('SETBIT', KEYS[1], ARGV[at], 1) == 0 then
    local row = tonumber(ARGV[at + 1])
    local sum = sums[row] or { 0, 0, 0, 0 }
    for meter = 1, 4 do
      sum[meter] = sum[meter] + tonumber(ARGV[at + 1 + meter])
    end
    sums[row], counted = sum, counted + 1
  end
end
if counted == 0 then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])

for i = 2, #KEYS do
  for number = 1, names do
    local sum, row = sums[number], ARGV[before_names + number]
    if sum then
      if redis.call('HEXISTS', KEYS[i], row .. '\tcost') == 0
        and redis.call('HLEN', KEYS[i]) >= 4 * tonumber(ARGV[2]) then
        row = '\t'
      end
      redis.call('HINCRBY', KEYS[i], row .. '\trequests', string.format('%.0f', sum[1]))
      redis.call('HINCRBY', KEYS[i], row .. '\tinput', string.format('%.0f', sum[2]))
      redis.call('HINCRBY', KEYS[i], row .. '\toutput', string.format('%.0f', sum[3]))
      redis.call('HINCRBY', KEYS[i], row .. '\tcost', string.format('%.0f', sum[4]))
    end
  end
  redis.call('PEXPIRE', KEYS[i], ARGV[2 + i])
end
return counted
