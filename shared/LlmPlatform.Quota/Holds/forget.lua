-- Takes away what budget periods have spent; what they hold and what their limits are stays.
-- KEYS  the budgets' counters
-- Gives what each had spent, 0 for none

local spent = {}
for i = 1, #KEYS do
  spent[i] = redis.call('HGET', KEYS[i], 'spent') or '0'
  redis.call('HDEL', KEYS[i], 'spent', 'est', 'cor')
end
return spent
