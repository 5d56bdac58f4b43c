-- Says that an edge is there, and counts those that have said so lately.
-- KEYS  1 edges
-- ARGV  1 edge  2 ms that it counts
-- Gives how many there are, this one included

local now = clock()
call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return call('ZCARD', KEYS[1])
