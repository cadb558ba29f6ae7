/**
 * What BullMQ has no command for, each atomic, upon the keys BullMQ 6 keeps a queue in. `KEYS[1]` is the
 * queue's prefix, `KEYS[2]` that of the attachments kept apart. Beside BullMQ's own there are:
 *
 * - in a job's hash: `due` and `expires` (milliseconds), `until` (its lease, by the clock of its process), `mark` (starts accounted for),
 *   `given` (starts that do not count), `forgiven` (attempts whose refusals do not count), `attempts` (JSON),
 *   `state` (once ended), `files` (digests of the attachments kept apart);
 * - `leases`: claimed mails by when their lease ends, by the clock of Redis;
 * - `mails`: all mails, the score rising in the order they came, over all queues;
 * - `ended:<state>`: those that ended otherwise than sent, by the same score;
 * - for each attachment kept apart its bytes, and the set of the mails that need it.
 */
const COMMON = `
local queue, files = KEYS[1], KEYS[2]
local call = redis.call

local function release(job)
  for digest in (call('HGET', job, 'files') or ''):gmatch('%x+') do
    local file = files .. digest
    call('SREM', file .. ':mails', job)
    if call('EXISTS', file .. ':mails') == 0 then call('DEL', file) end
  end
  call('HDEL', job, 'files')
end

local function unend(id)
  local state = call('HGET', queue .. id, 'state')
  if not state then return end
  call('ZREM', queue .. 'ended:' .. state, id)
  call('HDEL', queue .. id, 'state')
end

local function finish(id, state)
  call('HSET', queue .. id, 'state', state)
  if state ~= 'sent' then
    call('ZADD', queue .. 'ended:' .. state, call('ZSCORE', queue .. 'mails', id) or 0, id)
  end
end

local function tell(event, id)
  call('XADD', queue .. 'events', 'MAXLEN', '~', 10000, '*', 'event', event, 'jobId', id)
end
`;

/** Files what BullMQ has just added. With the data and due time of the mail that had its id before, if one had. */
const ADD = `${COMMON}
local mailers, mailer, id, due, digests = KEYS[3], ARGV[1], ARGV[2], ARGV[3], {}
local job = queue .. id
if call('HSETNX', job, 'due', due) == 0 then return call('HMGET', job, 'data', 'due') end
call('ZADD', queue .. 'mails', call('INCR', KEYS[4]), id)
call('SADD', mailers, mailer)
for index = 4, #ARGV, 2 do
  local file = files .. ARGV[index]
  call('SET', file, ARGV[index + 1], 'NX')
  call('SADD', file .. ':mails', job)
  digests[#digests + 1] = ARGV[index]
end
if #digests > 0 then call('HSET', job, 'files', table.concat(digests, ' ')) end
return false
`;

/** Milliseconds since 1970 by the clock of Redis: those of the processes may differ. */
const CLOCK = `
local function clock()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

/**
 * Mails whose lease ran out go ahead of those that wait in their lane; so do those whose process died
 * between being handed the job and making a lease of it. With the mark of the store.
 */
const RECLAIM = `${COMMON}${CLOCK}
local leases, active = queue .. 'leases', queue .. 'active'
local function requeue(id)
  local job = queue .. id
  call('ZREM', leases, id)
  call('DEL', job .. ':lock')
  local priority = call('HGET', job, 'priority')
  if call('LREM', active, 1, id) == 0 or not priority then return end
  call('HINCRBY', job, 'stc', 1)
  call('ZADD', queue .. 'prioritized', priority * 4294967296, id)
  tell('stalled', id)
end
for _, id in ipairs(call('ZRANGEBYSCORE', leases, '-inf', clock())) do requeue(id) end
if call('LLEN', active) > call('ZCARD', leases) then
  for _, id in ipairs(call('LRANGE', active, 0, -1)) do
    if not call('ZSCORE', leases, id) and call('EXISTS', queue .. id .. ':lock') == 0 then requeue(id) end
  end
end
return call('GET', KEYS[3])
`;

/** A lease takes the place of the lock, which outlasts it: only who finds a mail lapsed takes it away. */
const LEASE = `${CLOCK}
local function hold(id, lease, untilTime)
  call('PEXPIRE', queue .. id .. ':lock', lease + 60000)
  call('ZADD', queue .. 'leases', clock() + lease, id)
  call('HSET', queue .. id, 'until', untilTime)
end
`;

/** Makes leases of the locks under which BullMQ has handed jobs out. Nothing for a lock that is gone. */
const BEGIN = `${COMMON}${LEASE}
local token, lease, untilTime, begun = ARGV[1], tonumber(ARGV[2]), ARGV[3], {}
for index = 4, #ARGV do
  local id = ARGV[index]
  if call('GET', queue .. id .. ':lock') == token then
    hold(id, lease, untilTime)
    unend(id)
    begun[#begun + 1] = call('HMGET', queue .. id, 'due', 'expires', 'mark', 'given', 'forgiven', 'attempts')
  else
    begun[#begun + 1] = ''
  end
end
return begun
`;

/**
 * Whether a claim may be settled: it is held, or its lease ran out and nobody else has it. It is locked
 * then, for BullMQ to move it in the same transaction.
 */
const HELD = `
local function isHeld(id, token)
  local job = queue .. id
  local lock = call('GET', job .. ':lock')
  if lock then return lock == token end
  if call('HGET', job, 'pb') ~= token then return false end
  if not call('LPOS', queue .. 'active', id) then
    if not call('HGET', job, 'until') or call('ZREM', queue .. 'prioritized', id) == 0 then return false end
    call('LPUSH', queue .. 'active', id)
  end
  call('SET', job .. ':lock', token, 'PX', 60000)
  return true
end
`;

const EXTEND = `${COMMON}${HELD}${LEASE}
local token, lease, untilTime, held = ARGV[1], tonumber(ARGV[2]), ARGV[3], {}
for index = 4, #ARGV do
  if isHeld(ARGV[index], token) then
    hold(ARGV[index], lease, untilTime)
    held[#held + 1] = ARGV[index]
  end
end
return held
`;

const SETTLE = `${COMMON}${HELD}
local id, token, state, due, attempt, label = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local job = queue .. id
if not isHeld(id, token) then return 0 end
call('HDEL', job, 'until')
call('ZREM', queue .. 'leases', id)
if state == 'released' then
  call('HINCRBY', job, 'given', 1)
  call('HINCRBY', job, 'mark', 1)
else
  call('HSET', job, 'mark', call('HGET', job, 'ats') or 0)
end
if attempt ~= '' then
  local before = call('HGET', job, 'attempts')
  call('HSET', job, 'attempts', (before and before:sub(1, -2) .. ',' or '[') .. attempt .. ']')
end
if state == 'released' or state == 'waiting' then
  call('HSET', job, 'due', due)
else
  finish(id, state)
end
if label ~= '' then
  call('HSET', job, 'data', label)
  release(job)
end
return 1
`;

const CANCEL = `${COMMON}
local id, now, label = ARGV[1], ARGV[2], ARGV[3]
local found = call('ZREM', queue .. 'delayed', id) + call('ZREM', queue .. 'prioritized', id) + call('LREM', queue .. 'wait', 1, id)
if found == 0 then return 0 end
call('HSET', queue .. id, 'data', label, 'finishedOn', now, 'failedReason', 'cancelled')
call('ZADD', queue .. 'failed', now, id)
finish(id, 'cancelled')
release(queue .. id)
tell('failed', id)
return 1
`;

const RETRY = `${COMMON}
local id, now, expires = ARGV[1], ARGV[2], ARGV[3]
local job = queue .. id
local state = call('HGET', job, 'state')
if state ~= 'dead' and state ~= 'ambiguous' and state ~= 'expired' then return 0 end
if call('ZREM', queue .. 'failed', id) == 0 then return 0 end
unend(id)
local attempts = call('HGET', job, 'attempts')
local starts = call('HGET', job, 'ats') or 0
call('HDEL', job, 'finishedOn', 'processedOn', 'failedReason')
call('HSET', job, 'expires', expires, 'due', now, 'mark', starts, 'given', starts,
  'forgiven', attempts and #cjson.decode(attempts) or 0)
call('ZADD', queue .. 'delayed', now * 4096, id)
tell('waiting', id)
return 1
`;

/** Counts, the earliest due time of those that wait, and when the next one can be claimed. */
const LOOK = `${COMMON}${CLOCK}
local now, counts, waits, claimable = tonumber(ARGV[1]), {}, nil, nil
local function sooner(a, b) return (a and b) and math.min(a, b) or a or b end
local function due(id) return id and tonumber(call('HGET', queue .. id, 'due')) end
waits = due(call('LINDEX', queue .. 'wait', -1))
for lane = 1, 3 do
  local first = call('ZRANGEBYSCORE', queue .. 'prioritized', lane * 4294967296, '(' .. ((lane + 1) * 4294967296), 'LIMIT', 0, 1)
  waits = sooner(waits, due(first[1]))
end
local delayed = call('ZRANGE', queue .. 'delayed', 0, 0, 'WITHSCORES')
waits = sooner(waits, delayed[2] and math.floor(delayed[2] / 4096))
claimable = waits
local lease = call('ZRANGE', queue .. 'leases', 0, 0, 'WITHSCORES')
if lease[1] then
  local ends = tonumber(call('HGET', queue .. lease[1], 'until')) or now
  -- Who claimed it may have another clock.
  if ends <= now then ends = now + math.max(0, lease[2] - clock()) end
  claimable = sooner(claimable, ends)
end
local most, taken = tonumber(ARGV[2]), tonumber(call('GET', queue .. 'limiter') or 0)
if claimable and most > 0 and taken >= most then
  claimable = math.max(claimable, now + call('PTTL', queue .. 'limiter'))
end
if call('HEXISTS', queue .. 'meta', 'paused') == 1 then claimable = nil end
local reply = {
  call('LLEN', queue .. 'wait') + call('LLEN', queue .. 'paused') + call('ZCARD', queue .. 'prioritized') + call('ZCARD', queue .. 'delayed'),
  call('LLEN', queue .. 'active'), call('ZCARD', queue .. 'completed'),
}
for index = 3, #ARGV do reply[#reply + 1] = call('ZCARD', queue .. 'ended:' .. ARGV[index]) end
return { reply, waits and string.format('%.0f', waits) or '', claimable and string.format('%.0f', claimable) or '' }
`;

/** What there is to show of mails; nothing for one that is not there. */
const READ = `${COMMON}
local active, found = {}, {}
for _, id in ipairs(call('LRANGE', queue .. 'active', 0, -1)) do active[id] = true end
for index, id in ipairs(ARGV) do
  local fields = call('HMGET', queue .. id, 'data', 'due', 'expires', 'attempts', 'state')
  found[index] = fields[1] and { id, fields[1], fields[2] or '', fields[3] or '', fields[4] or '',
    fields[5] or (active[id] and 'sending' or 'waiting'), call('ZSCORE', queue .. 'mails', id) or 0 } or { id }
end
return found
`;

/** Removes, of a page of those that ended before a time, those in certain states: how many it saw, how many went. */
const PRUNE = `${COMMON}
local set, before, offset, states, removed = queue .. ARGV[1], ARGV[2], ARGV[3], {}, 0
for index = 4, #ARGV do states[ARGV[index]] = true end
local page = call('ZRANGEBYSCORE', set, '-inf', before, 'LIMIT', offset, 500)
for _, id in ipairs(page) do
  local job = queue .. id
  local state = call('HGET', job, 'state')
  if not state or states[state] then
    release(job)
    unend(id)
    call('ZREM', set, id)
    call('ZREM', queue .. 'mails', id)
    call('DEL', job, job .. ':logs')
    removed = removed + 1
  end
end
return { #page, removed }
`;

/** Each with the number of its keys. */
export const SCRIPTS = {
  'mail:add': { lua: ADD, numberOfKeys: 4 },
  'mail:reclaim': { lua: RECLAIM, numberOfKeys: 3 },
  'mail:begin': { lua: BEGIN, numberOfKeys: 2 },
  'mail:extend': { lua: EXTEND, numberOfKeys: 2 },
  'mail:settle': { lua: SETTLE, numberOfKeys: 2 },
  'mail:cancel': { lua: CANCEL, numberOfKeys: 2 },
  'mail:retry': { lua: RETRY, numberOfKeys: 2 },
  'mail:look': { lua: LOOK, numberOfKeys: 2 },
  'mail:read': { lua: READ, numberOfKeys: 2 },
  'mail:prune': { lua: PRUNE, numberOfKeys: 2 },
} as const;

export type ScriptName = keyof typeof SCRIPTS;
