#!lua flags=allow-oom
-- The leader's lease: prolonged, or given up.
--
-- KEYS  1 meta, 2 lease
-- ARGV  1 leader's name, 2 this turn of leading, 3 epoch, 4 ms of lease, '0' to give it up
-- answers  +KEPT  -FENCED kept_epoch  -WRONGTYPE key
--
-- A store that has lost the beginning of our epoch (it came back without its tail) has a lower one: nobody has taken
-- the lead from us.
local kept = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '') or 0
local held = redis.pcall('GET', KEYS[2])
if type(held) == 'table' then
  return redis.error_reply('WRONGTYPE ' .. KEYS[2])
end
local ours = ARGV[1] .. ' ' .. ARGV[2]
if kept > tonumber(ARGV[3]) or (held and held ~= ours) then
  return redis.error_reply('FENCED ' .. kept)
end
if ARGV[4] == '0' then
  redis.call('DEL', KEYS[2])
else
  redis.call('SET', KEYS[2], ours, 'PX', ARGV[4])
end
return redis.status_reply('KEPT')
