import { CLOCK, COMMON } from './common.js';

/**
 * A clock that was set back holds nothing up: what waits does so as long as it was meant to, from now on. The
 * clock of the process says when mails are due, that of Redis when leases and the rate limit end.
 */
const FOLLOW = `
local function followProcess(now)
  local ahead = call('ZRANGEBYSCORE', queue .. 'reckoned', now + LEAP, '+inf', 'WITHSCORES', 'LIMIT', 0, 10000)
  for index = 1, #ahead, 2 do
    local id, back = ahead[index], ahead[index + 1] - now
    local score = call('ZSCORE', queue .. 'delayed', id)
    if score then call('ZADD', queue .. 'delayed', score - back * 4096, id) end
    if call('EXISTS', queue .. id) == 1 then
      call('HINCRBY', queue .. id, 'due', -back)
      call('ZADD', queue .. 'reckoned', now, id)
    else
      call('ZREM', queue .. 'reckoned', id)
    end
  end
end
local function followRedis(per)
  local last = call('ZRANGE', leases, -1, -1, 'WITHSCORES')
  local length = last[1] and tonumber(call('HGET', queue .. last[1], 'lease'))
  local back = length and last[2] - clock() - length or 0
  if back > LEAP then
    for _, id in ipairs(call('ZRANGE', leases, 0, -1)) do call('ZINCRBY', leases, -back, id) end
  end
  -- A number beyond all counting is BullMQ's rateLimit(ms): somebody asked for that time.
  local limiter = queue .. 'limiter'
  local isCount = tonumber(call('GET', limiter) or 0) < 2 ^ 52
  if isCount and call('PTTL', limiter) > per then call('PEXPIRE', limiter, per) end
end
`;

/**
 * Mails whose lease ran out go ahead of those that wait in their lane; so do those whose process died
 * between being handed the job and making a lease of it, which is no fault of theirs. With the mark of the store.
 */
export const RECLAIM = `${COMMON}${CLOCK}
local leases, active = queue .. 'leases', queue .. 'active'
${FOLLOW}
followProcess(tonumber(ARGV[1]))
followRedis(tonumber(ARGV[2]))
local function requeue(id)
  local job = queue .. id
  local wasBegun = call('ZREM', leases, id) == 1
  call('DEL', job .. ':lock')
  local priority = call('HGET', job, 'priority')
  if call('LREM', active, 1, id) == 0 or not priority then return end
  call('HINCRBY', job, 'stc', 1)
  if not wasBegun then uncount(job) end
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

/** The token of the rate limit goes back, too, unless its time is over. */
const PUT_BACK = `
local function limitEnds()
  local left = call('PTTL', queue .. 'limiter')
  return left > 0 and clock() + left or 0
end
local function returnToken(window)
  local limiter = queue .. 'limiter'
  if window == 0 or math.abs(limitEnds() - window) > 50 then return end
  if tonumber(call('GET', limiter) or 0) > 0 then call('DECR', limiter) end
end
local function putBack(id, place)
  local job = queue .. id
  call('DEL', job .. ':lock')
  if call('LREM', active, 1, id) == 0 then return end
  uncount(job)
  call('ZADD', queue .. 'prioritized', call('HGET', job, 'priority') * 4294967296 + place / 1000, id)
  returnToken(limitEnds())
  tell('waiting', id)
end
`;

/** A lease takes the place of the lock, which outlasts it: only who finds a mail lapsed takes it away. */
const LEASE = `${CLOCK}
local function hold(id, lease, untilTime)
  call('PEXPIRE', queue .. id .. ':lock', lease + 60000)
  call('ZADD', queue .. 'leases', clock() + lease, id)
  call('HSET', queue .. id, 'until', untilTime, 'lease', lease)
end
`;

/**
 * Makes leases of the locks under which BullMQ has handed jobs out. Nothing for a lock that is gone, nor for those
 * that are too large to come with the others: they go back ahead of their lane.
 */
export const BEGIN = `${COMMON}${LEASE}
local active = queue .. 'active'
${PUT_BACK}
local token, lease, untilTime, room, now, begun = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), ARGV[5], {}
local window = limitEnds()
-- The first attempt fixes the date of a mail that was given none.
local function date(job)
  local due = call('HGET', job, 'date')
  if not due or call('HSETNX', job, 'datedBy', call('HGET', job, 'ats') or 0) == 0 then return end
  if tonumber(now) < tonumber(due) then call('HSET', job, 'date', now) end
end
for index = 6, #ARGV do
  local id, reply = ARGV[index], ''
  if call('GET', queue .. id .. ':lock') == token then
    if room > 0 then
      hold(id, lease, untilTime)
      unend(id)
      call('ZREM', queue .. 'reckoned', id)
      if window > 0 then call('HSET', queue .. id, 'window', window) end
      date(queue .. id)
      reply = call('HMGET', queue .. id, 'due', 'expires', 'mark', 'given', 'forgiven', 'attempts', 'date')
      reply[#reply + 1] = bytes(id)
      room = room - reply[#reply]
    else
      putBack(id, index)
    end
  end
  begun[#begun + 1] = reply
end
return begun
`;

/**
 * Whether a claim may be settled: it is held, or its lease ran out and nobody else has it. It is locked
 * then, for BullMQ to move it.
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

export const EXTEND = `${COMMON}${HELD}${LEASE}
local token, lease, untilTime, held = ARGV[1], tonumber(ARGV[2]), ARGV[3], {}
for index = 4, #ARGV do
  if isHeld(ARGV[index], token) then
    hold(ARGV[index], lease, untilTime)
    held[#held + 1] = ARGV[index]
  end
end
return held
`;

/** Lets BullMQ move the job of a claim that ends, and writes down how it ended. */
export const SETTLE = `${COMMON}${CLOCK}${HELD}
local active = queue .. 'active'
${PUT_BACK}
local id, token, state, due, now, attempt, label = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local job = queue .. id
if not isHeld(id, token) or bullmq() < 0 then return 0 end
local window = tonumber(call('HGET', job, 'window') or 0)
call('HDEL', job, 'until', 'window')
call('ZREM', queue .. 'leases', id)
if state == 'released' then
  uncount(job)
  returnToken(window)
else
  call('HSET', job, 'mark', call('HGET', job, 'ats') or 0)
end
if attempt == '' then
  undate(job)
else
  local before = call('HGET', job, 'attempts')
  call('HSET', job, 'attempts', (before and before:sub(1, -2) .. ',' or '[') .. attempt .. ']')
end
if state == 'released' or state == 'waiting' then
  call('HSET', job, 'due', due)
  call('ZADD', queue .. 'reckoned', now, id)
else
  finish(id, state)
end
if label ~= '' then
  call('HSET', job, 'data', label)
  release(job)
end
return 1
`;
