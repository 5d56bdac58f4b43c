-- Answers with what it was given.
return { KEYS, ARGV }
