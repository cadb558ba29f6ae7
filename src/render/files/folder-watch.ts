import { watch, type FSWatcher } from 'node:fs';
import { basename } from 'node:path';

/** Milliseconds without a change before a burst of changes counts as over: editors write a file in several steps. */
const DEBOUNCE = 50;

/**
 * Watches folders one by one, because on some systems a recursive watch misses folders that are created later.
 * Neither its watchers nor its timer keep the process alive.
 */
export class FolderWatch {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param onChange called once a burst of changes is over */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches a folder. Must be called before each reading of it, so that no change in between is missed. */
  add(dir: string): void {
    if (this.#closed || this.#watchers.has(dir)) return;
    const watcher = watch(dir, { persistent: false }, (_event, name) => {
      // Perhaps the folder itself was replaced: its watch would go on, blind to the new folder of that name.
      if (name === basename(dir)) this.#drop(dir);
      this.changed();
    });
    // Happens when the folder is removed, which the watch of its parent reports.
    watcher.on('error', () => this.#drop(dir));
    this.#watchers.set(dir, watcher);
  }

  /** Stops watching all folders but these. */
  retain(dirs: ReadonlySet<string>): void {
    for (const dir of this.#watchers.keys()) if (!dirs.has(dir)) this.#drop(dir);
  }

  /** Reports a possible change. */
  changed(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, DEBOUNCE).unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.retain(new Set());
  }

  #drop(dir: string): void {
    this.#watchers.get(dir)?.close();
    this.#watchers.delete(dir);
  }
}
