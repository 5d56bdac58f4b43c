-- Claims a key, or gives what is known of it.
-- KEYS[1] the key; ARGV[1] the claim, ARGV[2] its lease in milliseconds.
local known = redis.call('GET', KEYS[1])
if known then
  return known
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false
