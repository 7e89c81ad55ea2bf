#!lua
-- A new generation of hashes takes the place of the old one: the leader's whole state, written beside it before.
--
-- KEYS  1 meta, 2 feed, 3 lease, then the new generation's hashes
-- ARGV  1 epoch, 2 number of the batch that it stands for, 3 stamp, 4 generation, 5 leader's lease or '',
--       6 schema, 7 site, 8 '1' for a temporary store, then for each hash its kind and how many records it has
-- answers  +KEPT  +AGAIN  -FENCED kept_epoch  -TORN key why  -WRONGTYPE key
local epoch = tonumber(ARGV[1])
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'batch', 'generation')
local kept_epoch = tonumber(meta[1] or '') or 0
local held = redis.pcall('GET', KEYS[3])
if type(held) == 'table' then
  return redis.error_reply('WRONGTYPE ' .. KEYS[3])
elseif kept_epoch > epoch or (held and ARGV[5] ~= '' and held ~= ARGV[5]) then
  return redis.error_reply('FENCED ' .. kept_epoch)
elseif kept_epoch == epoch and meta[2] == ARGV[2] and meta[3] == ARGV[4] then
  return redis.status_reply('AGAIN')
end
local notes = {'epoch', ARGV[1], 'batch', ARGV[2], 'stamp', ARGV[3], 'generation', ARGV[4], 'schema', ARGV[6],
  'site', ARGV[7], 'temporary', ARGV[8], 'turn', string.match(ARGV[5], '[^ ]*$')}
for i = 4, #KEYS do
  local kind, count = ARGV[2 * i + 1], tonumber(ARGV[2 * i + 2])
  local found = redis.pcall('HLEN', KEYS[i])
  if type(found) == 'table' then
    return redis.error_reply('WRONGTYPE ' .. KEYS[i])
  elseif found ~= count then
    return redis.error_reply('TORN ' .. KEYS[i] .. ' has ' .. found .. ' records and should have ' .. count)
  end
  notes[#notes + 1] = 'records:' .. kind
  notes[#notes + 1] = count
end
-- The feed may have more than the hashes had, or less; whoever follows it must load again in any case.
redis.call('DEL', KEYS[2])
redis.call('XADD', KEYS[2], ARGV[1] .. '-' .. ARGV[2], 'generation', ARGV[4])
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, 8) == 'records:' then
    redis.call('HDEL', KEYS[1], field)
  end
end
redis.call('HSET', KEYS[1], unpack(notes))
return redis.status_reply('KEPT')
