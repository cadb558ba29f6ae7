/** Measures the tasks that its parent sends, one after another, and ends when the parent disconnects. */
import { SUITES } from './suites.js';
import { type Figures, isTask, measure } from './task.js';

process.on('message', (task) => void measured(task).then((figures) => process.send?.(figures)));

async function measured(task: unknown): Promise<Figures> {
  if (!isTask(task)) throw new TypeError('expected a task');
  const suite = await SUITES.get(task.suite)?.();
  const prepare = suite?.candidates.get(task.candidate);
  if (!prepare) throw new RangeError(`no candidate ${task.suite}/${task.candidate}`);
  const work = await prepare(task);
  const figures = await measure(work, task);
  await work.close?.();
  return figures;
}
