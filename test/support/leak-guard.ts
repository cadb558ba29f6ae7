import { TestEnvironment } from 'jest-environment-node';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** Resources that a suite must close again. Timers are left out: jest holds some of its own. */
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

/** Resources open now beyond `before`, one line a kind: `2 TCPSocketWrap`. */
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

const ENTRANCES = ['run', 'enterWith'] as const;

/**
 * The asynchronous contexts that a suite enters. Before Node.js 24 each one that was entered and not disabled is
 * copied into every promise of the process from then on. jest makes one a suite: after forty suites an `await`
 * took ten times as long.
 */
export class AsyncContexts {
  readonly #entered = new Set<AsyncLocalStorage<unknown>>();
  readonly #unwatched = ENTRANCES.map((name) => [name, AsyncLocalStorage.prototype[name]] as const);

  watch(): void {
    const entered = this.#entered;
    for (const [name, unwatched] of this.#unwatched) {
      const watched = new Proxy(unwatched, {
        apply(enter, context: AsyncLocalStorage<unknown>, values) {
          entered.add(context);
          return Reflect.apply(enter, context, values);
        },
      });
      Object.assign(AsyncLocalStorage.prototype, { [name]: watched });
    }
  }

  /** Disables what was entered since `watch`, and watches no more. */
  disable(): void {
    Object.assign(AsyncLocalStorage.prototype, Object.fromEntries(this.#unwatched));
    for (const context of this.#entered) context.disable();
    this.#entered.clear();
  }
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
  readonly #contexts = new AsyncContexts();

  override async setup(): Promise<void> {
    await super.setup();
    // In a worker process of jest these are pipes, and open when they are first asked for.
    void [process.stdout, process.stderr];
    this.#before = census();
    this.#contexts.watch();
  }

  override async teardown(): Promise<void> {
    this.#contexts.disable();
    await super.teardown();
  }

  /** `run_finish` comes after the last `afterAll`; what is pushed there fails the suite. */
  async handleTestEvent(event: { readonly name: string }, state: RunState): Promise<void> {
    if (event.name !== 'run_finish') return;
    const leaks = await leaksAfterGrace(this.#before);
    if (leaks.length === 0) return;
    state.unhandledErrors.push(leakError(leaks));
  }
}
