#!lua
-- A new epoch, above every one before; makes the store where there is none.
--
-- KEYS  1 meta, 2 feed
-- ARGV  1 schema, 2 site, 3 '1' for a temporary store, 4 the least epoch to take
-- answers  +EPOCH epoch generation  -TORN key why  -WRONGTYPE key
local meta = redis.call('HMGET', KEYS[1], 'site', 'epoch', 'generation')
local feed = redis.call('TYPE', KEYS[2]).ok
if feed ~= 'stream' and feed ~= 'none' then
  return redis.error_reply('WRONGTYPE ' .. KEYS[2])
end
local last, generation = tonumber(meta[2] or ''), tonumber(meta[3] or '')
if not meta[1] then
  if redis.call('EXISTS', KEYS[1]) == 1 then
    return redis.error_reply('TORN ' .. KEYS[1] .. ' does not say whose it is')
  end
  last, generation = 0, 1
elseif meta[1] ~= ARGV[2] or not last or not generation then
  return redis.error_reply('TORN ' .. KEYS[1] .. ' is not of this site')
end
local epoch = math.max(last + 1, tonumber(ARGV[4]))
local fed = redis.pcall('XADD', KEYS[2], epoch .. '-0', 'begin', '1')
if type(fed) == 'table' then
  return redis.error_reply('TORN ' .. KEYS[2] .. ' has an entry above epoch ' .. epoch)
end
if not meta[1] then
  redis.call('HSET', KEYS[1], 'schema', ARGV[1], 'site', ARGV[2], 'temporary', ARGV[3], 'generation', generation,
    'stamp', '')
end
redis.call('HSET', KEYS[1], 'epoch', epoch, 'batch', 0)
return redis.status_reply('EPOCH ' .. epoch .. ' ' .. generation)
