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
    if score then
      call('ZADD', queue .. 'delayed', score - back * 4096, id)
      call('HINCRBY', queue .. id, 'due', -back)
    end
    call('ZADD', queue .. 'reckoned', now, id)
  end
end
local function followRedis(per)
  local last = call('ZRANGE', leases, -1, -1, 'WITHSCORES')
  local length = last[1] and tonumber(call('HGET', queue .. last[1], 'lease'))
  local back = length and last[2] - clock() - length or 0
  if back > LEAP then
    for _, id in ipairs(call('ZRANGE', leases, 0, -1)) do call('ZINCRBY', leases, -back, id) end
  end
  if call('PTTL', queue .. 'limiter') > per then call('PEXPIRE', queue .. 'limiter', per) end
end
`;

/**
 * Mails whose lease ran out go ahead of those that wait in their lane; so do those whose process died
 * between being handed the job and making a lease of it. With the mark of the store.
 */
export const RECLAIM = `${COMMON}${CLOCK}
local leases, active = queue .. 'leases', queue .. 'active'
${FOLLOW}
followProcess(tonumber(ARGV[1]))
followRedis(tonumber(ARGV[2]))
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
  call('HSET', queue .. id, 'until', untilTime, 'lease', lease)
end
`;

/** Makes leases of the locks under which BullMQ has handed jobs out. Nothing for a lock that is gone. */
export const BEGIN = `${COMMON}${LEASE}
local token, lease, untilTime, begun = ARGV[1], tonumber(ARGV[2]), ARGV[3], {}
for index = 4, #ARGV do
  local id = ARGV[index]
  if call('GET', queue .. id .. ':lock') == token then
    hold(id, lease, untilTime)
    unend(id)
    call('ZREM', queue .. 'reckoned', id)
    begun[#begun + 1] = call('HMGET', queue .. id, 'due', 'expires', 'mark', 'given', 'forgiven', 'attempts')
  else
    begun[#begun + 1] = ''
  end
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
export const SETTLE = `${COMMON}${HELD}
local id, token, state, due, now, attempt, label = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local job = queue .. id
if not isHeld(id, token) or bullmq() < 0 then return 0 end
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
