import { SUITES } from './suites.js';
import { isTask, measure } from './task.js';

const task: unknown = JSON.parse(process.argv[2] ?? '');
if (!isTask(task)) throw new TypeError('expected a task');
const suite = await SUITES.get(task.suite)?.();
const prepare = suite?.candidates.get(task.candidate);
if (!prepare) throw new RangeError(`no candidate ${task.suite}/${task.candidate}`);
const work = await prepare(task);
process.send?.(await measure(work, task));
await work.close?.();
