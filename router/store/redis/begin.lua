#!lua
-- A new epoch, above every one before; makes the store where there is none.
--
-- KEYS  1 meta, 2 feed, 3 lease
-- ARGV  1 schema, 2 site, 3 '1' for a temporary store, 4 the least epoch to take, 5 leader's name or '' for no lease,
--       6 this turn of leading, 7 ms of lease, 8 '1' if a running lease of the same name may be taken,
--       9 a digest of what the leader serves
-- answers  +EPOCH epoch generation last_epoch last_batch  -HELD ms key name  -FOREIGN key why  -TORN key why  -WRONGTYPE key
local meta = redis.call('HMGET', KEYS[1], 'site', 'epoch', 'generation', 'batch')
local held = redis.pcall('GET', KEYS[3])
if type(held) == 'table' then
  return redis.error_reply('WRONGTYPE ' .. KEYS[3])
elseif held then
  local name, left_ms = string.match(held, '^(.*) [^ ]*$') or held, redis.call('PTTL', KEYS[3])
  if left_ms < 0 then
    return redis.error_reply('FOREIGN ' .. KEYS[3] .. ' has no end: ' .. string.sub(held, 1, 100))
  elseif name ~= ARGV[5] or (ARGV[8] ~= '1' and held ~= ARGV[5] .. ' ' .. ARGV[6]) then
    return redis.error_reply('HELD ' .. left_ms .. ' ' .. KEYS[3] .. ' ' .. name)
  end
end
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
local epoch, batch = math.max(last + 1, tonumber(ARGV[4])), tonumber(meta[4] or '') or 0
local fed = redis.pcall('XADD', KEYS[2], epoch .. '-0', 'begin', last .. '-' .. batch)
if type(fed) == 'table' then
  return redis.error_reply('TORN ' .. KEYS[2] .. ' has an entry above epoch ' .. epoch)
end
if not meta[1] then
  redis.call('HSET', KEYS[1], 'schema', ARGV[1], 'site', ARGV[2], 'temporary', ARGV[3], 'generation', generation,
    'stamp', '')
end
redis.call('HSET', KEYS[1], 'epoch', epoch, 'batch', 0, 'turn', ARGV[6], 'serves', ARGV[9])
if ARGV[5] ~= '' then
  redis.call('SET', KEYS[3], ARGV[5] .. ' ' .. ARGV[6], 'PX', ARGV[7])
end
return redis.status_reply('EPOCH ' .. epoch .. ' ' .. generation .. ' ' .. last .. ' ' .. batch)
