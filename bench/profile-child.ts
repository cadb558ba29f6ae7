import { Session } from 'node:inspector/promises';
import { share } from './profile-parts.js';
import { SUITES } from './suites.js';
import { isTask } from './task.js';

/** Microseconds between two samples. */
const INTERVAL = 200;
const WARM_UP = 5_000;

const task: unknown = JSON.parse(process.argv[2] ?? '');
if (!isTask(task)) throw new TypeError('expected a task');
const suite = await SUITES.get(task.suite)?.();
const prepare = suite?.candidates.get(task.candidate);
if (!prepare) throw new RangeError(`no candidate ${task.suite}/${task.candidate}`);
const work = await prepare(task);
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
await work.run(Math.min(task.batch, WARM_UP));
await session.post('Profiler.start');
await work.run(task.batch);
const { profile } = await session.post('Profiler.stop');
process.send?.(share(profile, task.batch));
await work.close?.();
