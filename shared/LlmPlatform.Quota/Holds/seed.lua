-- Sets what budget periods have spent, from the ledger. Absolute: a repeat changes nothing.
-- KEYS  the budgets' counters
-- ARGV  for each: spent, ms it lives

for i = 1, #KEYS do
  call('HSET', KEYS[i], 'spent', ARGV[2 * i - 1])
  call('PEXPIRE', KEYS[i], ARGV[2 * i])
end
return #KEYS
