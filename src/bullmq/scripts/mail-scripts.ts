import { CLOCK, COMMON } from './common.js';

/** Lets BullMQ add a job and files it. Or with the data and due time of the mail that has its id. */
export const ADD = `${COMMON}
local mailers, mailer, id, due, reckoned, date, digests = KEYS[3], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], {}
local job = queue .. id
local known = call('HMGET', job, 'data', 'due')
if known[1] then return known end
bullmq()
call('HSET', job, 'due', due)
if date ~= '' then call('HSET', job, 'date', date) end
if reckoned ~= '' then call('ZADD', queue .. 'reckoned', reckoned, id) end
call('ZADD', queue .. 'mails', call('INCR', KEYS[4]), id)
call('SADD', mailers, mailer)
for index = 6, #ARGV, 2 do
  local file = files .. ARGV[index]
  call('SET', file, ARGV[index + 1], 'NX')
  call('SADD', file .. ':mails', job)
  digests[#digests + 1] = ARGV[index]
end
if #digests > 0 then call('HSET', job, 'files', table.concat(digests, ' ')) end
return false
`;

export const CANCEL = `${COMMON}
local id, now, label = ARGV[1], ARGV[2], ARGV[3]
local found = call('ZREM', queue .. 'delayed', id) + call('ZREM', queue .. 'prioritized', id) + call('LREM', queue .. 'wait', 1, id)
local isHeld = found == 0 and call('HGET', queue .. id, 'state') == 'ambiguous' and call('ZREM', queue .. 'failed', id) == 1
if found == 0 and not isHeld then return 0 end
unend(id)
call('HSET', queue .. id, 'data', label, 'finishedOn', now, 'failedReason', 'cancelled')
call('ZADD', queue .. 'failed', now, id)
call('ZADD', queue .. 'cancelled', now, id)
call('ZREM', queue .. 'reckoned', id)
finish(id, 'cancelled')
release(queue .. id)
tell('failed', id)
return 1
`;

/** Of a mail that waits only when it is due changes: it is asked for by its id. */
export const RETRY = `${COMMON}
local id, now, expires = ARGV[1], ARGV[2], ARGV[3]
local job = queue .. id
-- Of a mail that was never tried.
local function date(job, time)
  if call('HEXISTS', job, 'date') == 1 and call('HEXISTS', job, 'datedBy') == 0 then call('HSET', job, 'date', time) end
end
local state = call('HGET', job, 'state')
if not state then
  if call('ZSCORE', queue .. 'delayed', id) then
    call('HSET', job, 'due', now)
    date(job, now)
    call('ZADD', queue .. 'delayed', now * 4096, id)
    call('ZADD', queue .. 'reckoned', now, id)
    tell('waiting', id)
  end
  return call('HEXISTS', job, 'data')
end
if state ~= 'dead' and state ~= 'ambiguous' and state ~= 'expired' then return 0 end
if call('ZREM', queue .. 'failed', id) == 0 then return 0 end
unend(id)
local attempts = call('HGET', job, 'attempts')
local starts = call('HGET', job, 'ats') or 0
call('HDEL', job, 'finishedOn', 'processedOn', 'failedReason')
date(job, now)
call('HSET', job, 'expires', expires, 'due', now, 'mark', starts, 'given', starts,
  'forgiven', attempts and #cjson.decode(attempts) or 0)
call('ZADD', queue .. 'delayed', now * 4096, id)
call('ZADD', queue .. 'reckoned', now, id)
tell('waiting', id)
return 1
`;

/** Counts, the earliest due time of those that wait, and when the next one can be claimed. */
export const LOOK = `${COMMON}${CLOCK}
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
  local left = math.max(0, lease[2] - clock())
  local ends = tonumber(call('HGET', queue .. lease[1], 'until')) or now
  -- Who claimed it may have another clock, or had.
  if math.abs(ends - now - left) > LEAP then ends = now + left end
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
export const READ = `${COMMON}
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
export const PRUNE = `${COMMON}
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
    call('ZREM', queue .. 'failed', id)
    call('ZREM', queue .. 'mails', id)
    call('DEL', job, job .. ':logs')
    removed = removed + 1
  end
end
return { #page, removed }
`;
