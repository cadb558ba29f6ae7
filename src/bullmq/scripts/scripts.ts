import { BEGIN, EXTEND, RECLAIM, SETTLE } from './claim-scripts.js';
import { ADD, CANCEL, LOOK, PRUNE, READ, RETRY } from './mail-scripts.js';

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
