#!lua
-- One batch, kept whole or not at all. Redis does not roll a script back, so everything that can fail is
-- looked at before the first write. The first line makes Redis 7 itself refuse at the start (OOM, READONLY,
-- NOREPLICAS, MISCONF), never half way.
--
-- KEYS  1 meta, 2 feed, then a hash for each element of changes, then a stream for each element of appends
-- ARGV  1 epoch, 2 number of the batch, 3 stamp or '', 4 oldest id of the feed to keep,
--       5 changes {kind, {key, ...}, {key, record, ...}}, 6 appends {stream, cap, {entry, ...}}, both packed,
--       7 '1' to write something also where the batch is there already, so that a WAIT has something to wait for,
--       8 this turn of leading or '': two servers that knew nothing of each other may have given out one epoch twice
-- answers  +KEPT  +AGAIN  -FENCED kept_epoch  -GAP kept_epoch kept_number  -TORN key why  -WRONGTYPE key
local CHUNK = 4000 -- arguments of one command; Lua's stack takes about 8,000. Even: fields and values in pairs.

local epoch, number = tonumber(ARGV[1]), tonumber(ARGV[2])
local changes, appends = cmsgpack.unpack(ARGV[5]), cmsgpack.unpack(ARGV[6])

local fields = {'epoch', 'batch', 'turn'}
for i, change in ipairs(changes) do
  fields[3 + i] = 'records:' .. change[1]
end
local meta = redis.call('HMGET', KEYS[1], unpack(fields))
local kept_epoch, kept = tonumber(meta[1] or ''), tonumber(meta[2] or '')
if not kept_epoch or not kept then
  return redis.error_reply('TORN ' .. KEYS[1] .. ' has no epoch')
elseif epoch < kept_epoch or (epoch == kept_epoch and meta[3] and ARGV[8] ~= '' and meta[3] ~= ARGV[8]) then
  return redis.error_reply('FENCED ' .. kept_epoch)
elseif epoch == kept_epoch and number == kept then
  if ARGV[7] == '1' then
    redis.call('HSET', KEYS[1], 'batch', number)
  end
  return redis.status_reply('AGAIN')
elseif epoch > kept_epoch or number ~= kept + 1 then
  return redis.error_reply('GAP ' .. kept_epoch .. ' ' .. kept)
end

local counts = {}
for i = 1, #changes do
  local key, count = KEYS[2 + i], tonumber(meta[3 + i] or '0')
  local found = redis.pcall('HLEN', key)
  if type(found) == 'table' then
    return redis.error_reply('WRONGTYPE ' .. key)
  elseif found ~= count then
    return redis.error_reply('TORN ' .. key .. ' has ' .. found .. ' records and should have ' .. tostring(count))
  end
  counts[i] = found
end
for i = 1, #appends do
  local key = KEYS[2 + #changes + i]
  local found = redis.pcall('TYPE', key).ok
  if found == 'stream' then
    local last = redis.call('XINFO', 'STREAM', key)
    for at = 1, #last, 2 do
      if last[at] == 'last-generated-id' and string.sub(last[at + 1], 1, 2) ~= '0-' then
        return redis.error_reply('TORN ' .. key .. ' has an entry that is not ours')
      end
    end
  elseif found ~= 'none' then
    return redis.error_reply('WRONGTYPE ' .. key)
  end
end
-- The first write, and the only one that may still fail: by the feed's type, or an id in it above ours.
local fed = redis.pcall('XADD', KEYS[2], 'MINID', '~', ARGV[4], ARGV[1] .. '-' .. ARGV[2], 'batch', ARGV[5],
  'stamp', ARGV[3])
if type(fed) == 'table' then
  return redis.error_reply((string.find(fed.err, 'WRONGTYPE', 1, true) and 'WRONGTYPE ' or 'TORN ') .. KEYS[2])
end

local function carry_out(command, key, list)
  local total = 0
  for from = 1, #list, CHUNK do
    total = total + redis.call(command, key, unpack(list, from, math.min(from + CHUNK - 1, #list)))
  end
  return total
end

local notes = {'batch', number}
if ARGV[3] ~= '' then
  notes[3], notes[4] = 'stamp', ARGV[3]
end
for i, change in ipairs(changes) do
  local key = KEYS[2 + i]
  local gone = carry_out('HDEL', key, change[2])
  local come = carry_out('HSET', key, change[3])
  notes[#notes + 1] = fields[3 + i]
  notes[#notes + 1] = counts[i] - gone + come
end
redis.call('HSET', KEYS[1], unpack(notes))
for i, append in ipairs(appends) do
  local key = KEYS[2 + #changes + i]
  for _, entry in ipairs(append[3]) do
    redis.call('XADD', key, '0-*', 'e', entry)
  end
  redis.call('XTRIM', key, 'MAXLEN', append[2])
end
return redis.status_reply('KEPT')
