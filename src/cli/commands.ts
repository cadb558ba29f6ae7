import { CHECK } from './check/check.command.js';
import type { Commands } from './command-line.js';
import { INIT } from './init/init.command.js';
import { QUEUE } from './queue/queue.command.js';
import { TYPES } from './types/types.command.js';

/** Every subcommand, in the order of the overview. */
export const COMMANDS: Commands = new Map([
  ['init', INIT],
  ['check', CHECK],
  ['types', TYPES],
  ['queue', QUEUE],
]);
