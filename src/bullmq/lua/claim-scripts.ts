import { CLOCK, COMMON } from './common.js';

/**
 * Mails whose lease ran out go ahead of those that wait in their lane; so do those whose process died
 * between being handed the job and making a lease of it. With the mark of the store.
 */
export const RECLAIM = `${COMMON}${CLOCK}
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
export const BEGIN = `${COMMON}${LEASE}
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
local id, token, state, due, attempt, label = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
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
else
  finish(id, state)
end
if label ~= '' then
  call('HSET', job, 'data', label)
  release(job)
end
return 1
`;
