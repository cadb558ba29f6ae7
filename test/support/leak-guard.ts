import { TestEnvironment } from 'jest-environment-node';
import { setTimeout as delay } from 'node:timers/promises';

/** What a suite must close again. Timers are left out: jest holds some of its own. */
const WATCHED = new Set([
  'TCPServerWrap',
  'TCPSocketWrap',
  'TLSWrap',
  'PipeWrap',
  'UDPWrap',
  'MessagePort',
  'ProcessWrap',
  'FSEventWrap',
  'StatWatcher',
]);

/** A closed handle leaves the event loop a few turns after its `close` has called back. */
const GRACE_MS = 2_000;
const POLL_MS = 10;

type Census = ReadonlyMap<string, number>;

/** A worker nobody listens to is in no list of resources; the diagnostic report knows it. */
function workerCount(): number {
  const report: object = process.report.getReport();
  return 'workers' in report && Array.isArray(report.workers) ? report.workers.length : 0;
}

function census(): Census {
  const counts = new Map([['Worker', workerCount()]]);
  for (const resource of process.getActiveResourcesInfo()) {
    if (WATCHED.has(resource)) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  }
  return counts;
}

/** What is open now beyond `before`, one line a kind: `2 TCPSocketWrap`. */
function leftOpen(before: Census): readonly string[] {
  return [...census()]
    .map(([resource, count]) => ({ resource, surplus: count - (before.get(resource) ?? 0) }))
    .filter(({ surplus }) => surplus > 0)
    .map(({ resource, surplus }) => `${surplus} ${resource}`);
}

async function leaksAfterGrace(before: Census): Promise<readonly string[]> {
  const deadline = Date.now() + GRACE_MS;
  let leaks = leftOpen(before);
  while (leaks.length > 0 && Date.now() < deadline) {
    await delay(POLL_MS);
    leaks = leftOpen(before);
  }
  return leaks;
}

function leakError(leaks: readonly string[]): Error {
  const error = new Error(`This suite left open: ${leaks.join(', ')}. Close it in afterAll or afterEach.`);
  error.stack = error.message; // the guard's own lines would point at the wrong place
  return error;
}

interface RunState {
  readonly unhandledErrors: unknown[];
}

/**
 * Fails a suite that leaves a server, socket, pipe, worker, file watcher or process open.
 *
 * An environment and not a `setupFilesAfterEnv` hook: jest runs `afterAll` hooks in the order they were
 * registered, so a hook set up beforehand would look before the suite's own has closed anything.
 */
export default class LeakGuard extends TestEnvironment {
  #before: Census = new Map();

  override async setup(): Promise<void> {
    await super.setup();
    // In a worker process of jest these are pipes, and open when they are first asked for.
    void [process.stdout, process.stderr];
    this.#before = census();
  }

  /** `run_finish` comes after the last `afterAll`; what is pushed there fails the suite. */
  async handleTestEvent(event: { readonly name: string }, state: RunState): Promise<void> {
    if (event.name !== 'run_finish') return;
    const leaks = await leaksAfterGrace(this.#before);
    if (leaks.length === 0) return;
    state.unhandledErrors.push(leakError(leaks));
  }
}
