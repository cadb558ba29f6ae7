import { watch, type FSWatcher } from 'node:fs';
import { basename } from 'node:path';

/** Quiet time after a change before it is acted on, in ms: editors write a file in several steps. */
const DEBOUNCE = 50;

/**
 * Watches folders one by one: recursive watching misses folders that appear later on some systems.
 * Neither its watchers nor its timer keep a process alive.
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

  /** Adds a folder; one that is watched already stays so. To be called before each reading of it. */
  add(dir: string): void {
    if (this.#closed || this.#watchers.has(dir)) return;
    const watcher = watch(dir, { persistent: false }, (_event, name) => {
      // The folder itself, perhaps: a watch outlives its folder and is blind to the next one of that name.
      if (name === basename(dir)) this.#drop(dir);
      this.changed();
    });
    // The folder was removed; the watch of its parent reports that.
    watcher.on('error', () => this.#drop(dir));
    this.#watchers.set(dir, watcher);
  }

  /** Stops watching the folders that are not among these. */
  retain(dirs: ReadonlySet<string>): void {
    for (const dir of this.#watchers.keys()) if (!dirs.has(dir)) this.#drop(dir);
  }

  /** Something may have changed. */
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
