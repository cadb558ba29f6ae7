import type { AttemptRecord } from '../mail-queue.js';
import { parsedJson } from './parsed-json.js';
import type { StoredAttempt } from '../spool/channel/protocol.js';

export function storedAttempt(attempt: AttemptRecord): StoredAttempt {
  return {
    accepted: attempt.accepted,
    refused: attempt.rejected.filter(({ retryable }) => !retryable).map(({ address }) => address),
    json: JSON.stringify(attempt),
  };
}

/** Undefined for what cannot be read. */
export function attemptFrom(json: string): AttemptRecord | undefined {
  const stored = parsedJson(json);
  return isStored(stored) ? { ...stored, startedAt: new Date(stored.startedAt) } : undefined;
}

function isStored(
  value: unknown,
): value is Omit<AttemptRecord, 'startedAt'> & { readonly startedAt: string } {
  return (
    typeof value === 'object' && value !== null && 'startedAt' in value && typeof value.startedAt === 'string'
  );
}
