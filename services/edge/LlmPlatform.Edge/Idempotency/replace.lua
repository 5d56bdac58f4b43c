-- Says what became of a key: only who holds the claim may.
-- KEYS[1] the key; ARGV[1] the claim, ARGV[2] what stands in its place (empty: nothing), ARGV[3] milliseconds.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1
