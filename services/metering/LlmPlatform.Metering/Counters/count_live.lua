-- Counts an event in the live windows, once for its place in its edge's sequence.
-- KEYS  1 bits of the sequence that are counted  then the windows
-- ARGV  1 bit  2 ms the bits live  3 rows at most  4 row  5 requests  6 input tokens  7 output tokens  8 cost
--       then for each window the ms it lives
-- Gives 1 when counted now, 0 when it had been

if redis.call('SETBIT', KEYS[1], ARGV[1], 1) == 1 then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])

for i = 2, #KEYS do
  local row = ARGV[4]
  if redis.call('HEXISTS', KEYS[i], row .. '\tcost') == 0
    and redis.call('HLEN', KEYS[i]) >= 4 * tonumber(ARGV[3]) then
    row = '\t'
  end
  redis.call('HINCRBY', KEYS[i], row .. '\trequests', ARGV[5])
  redis.call('HINCRBY', KEYS[i], row .. '\tinput', ARGV[6])
  redis.call('HINCRBY', KEYS[i], row .. '\toutput', ARGV[7])
  redis.call('HINCRBY', KEYS[i], row .. '\tcost', ARGV[8])
  redis.call('PEXPIRE', KEYS[i], ARGV[7 + i])
end
return 1
