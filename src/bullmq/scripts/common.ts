/**
 * What BullMQ has no command for, each atomic, upon the keys BullMQ 6 keeps a queue in. `KEYS[1]` is the
 * queue's prefix, `KEYS[2]` that of the attachments kept apart; `bullmq()`, where a script has it, is a command
 * of BullMQ (see `joinedScript`). Beside BullMQ's own there are:
 *
 * - in a job's hash: `due` and `expires` (milliseconds), `until` (its lease, by the clock of its process),
 *   `lease` (how long that was made for),
 *   `window` (when the time ends in whose rate limit it was counted), `mark` (starts accounted for), `given` (starts that do not count), `forgiven` (attempts whose refusals do
 *   not count), `date` (milliseconds, of a mail that was given none) and `datedBy` (the start that fixed it), `attempts` (JSON), `state` (once ended), `files` (digests of the attachments kept apart);
 * - `reckoned`: waiting mails that nobody gave a date, by the time of the clock (of a process) from which it was
 *   reckoned when they are due;
 * - `leases`: claimed mails by when their lease ends, by the clock of Redis;
 * - `mails`: all mails, the score rising in the order they came, over all queues;
 * - `cancelled`: those that were, by when; BullMQ has them among its failed ones;
 * - `ended:<state>`: those that ended otherwise than sent, by the same score;
 * - for each attachment kept apart its bytes, and the set of the mails that need it.
 */
export const COMMON = `
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

local function bytes(id)
  local sum = call('HSTRLEN', queue .. id, 'data')
  for digest in (call('HGET', queue .. id, 'files') or ''):gmatch('%x+') do
    sum = sum + call('STRLEN', files .. digest)
  end
  return sum
end

-- The last start of a job made no attempt, so it fixed no date.
local function undate(job)
  if call('HGET', job, 'datedBy') == call('HGET', job, 'ats') then call('HDEL', job, 'datedBy') end
end

-- The last start of a job is as if it had not been.
local function uncount(job)
  call('HINCRBY', job, 'given', 1)
  call('HINCRBY', job, 'mark', 1)
  undate(job)
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

/** Milliseconds since 1970 by the clock of Redis: those of the processes may differ. */
export const CLOCK = `
local function clock()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
-- How far clocks may be apart, or go back, before anything is done about it.
local LEAP = 1000
`;
