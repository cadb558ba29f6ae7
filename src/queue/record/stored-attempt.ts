import { isObject } from '../../message/values/fields.js';
import type { AttemptRecord } from '../mail-queue.js';
import { type Decided, decidedBy } from './outcomes.js';
import { parsedJson } from './parsed-json.js';

/** An attempt as it is stored, with the recipients that it decided. */
export interface StoredAttempt extends Decided {
  /** The `AttemptRecord`, as JSON. */
  readonly json: string;
}

export function storedAttempt(attempt: AttemptRecord): StoredAttempt {
  return { ...decidedBy(attempt), json: JSON.stringify(attempt) };
}

/** Undefined if the attempt cannot be read. */
export function attemptFrom(json: string | undefined): AttemptRecord | undefined {
  const stored = parsedJson(json);
  return isStored(stored) ? { ...stored, startedAt: new Date(stored.startedAt) } : undefined;
}

function isStored(
  value: unknown,
): value is Omit<AttemptRecord, 'startedAt'> & { readonly startedAt: string } {
  return (
    isObject(value) &&
    typeof value['startedAt'] === 'string' &&
    Array.isArray(value['accepted']) &&
    Array.isArray(value['rejected'])
  );
}
