import type { SqliteDatabase } from '../../../sqlite/database.js';
import { inTransaction } from '../../../sqlite/transaction.js';
import type { TurnsReply } from '../../../turn-store.js';
import type { TurnsCall } from '../../channel/protocol.js';

/**
 * `rate`: a limit that processes share. `turns`: how many were taken so far. `seen`: the store's time when it was last asked,
 * which is the clock's and `ahead`. `turn`: the last turns of each limit by their number, and when they come.
 */
const TABLES = `
CREATE TABLE IF NOT EXISTS rate (
  name BLOB PRIMARY KEY,
  turns INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  ahead INTEGER NOT NULL,
  idle_at INTEGER NOT NULL -- when its last turn is a span ago
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rate_idle ON rate (idle_at);
CREATE TABLE IF NOT EXISTS turn (
  name BLOB NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (name, number)
) STRICT, WITHOUT ROWID;
`;

const RATE = 'SELECT turns, seen, ahead FROM rate WHERE name = ?';
const SET_RATE = 'INSERT OR REPLACE INTO rate (name, turns, seen, ahead, idle_at) VALUES (?, ?, ?, ?, ?)';
const TURN = 'SELECT at FROM turn WHERE name = ? AND number = ?';
const ADD_TURN = 'INSERT OR REPLACE INTO turn (name, number, at) VALUES (?, ?, ?)';
const FORGET_TURNS = 'DELETE FROM turn WHERE name = ? AND number <= ?';
/** One at a time: each call that adds a limit removes another. */
const IDLE = 'SELECT name FROM rate WHERE idle_at < ? AND name <> ? LIMIT 2';
const FORGET_RATE = 'DELETE FROM rate WHERE name = ?';

const EVERY = Number.MAX_SAFE_INTEGER;

/** Creates the tables of a new file. */
export function prepareTurns(database: SqliteDatabase): void {
  inTransaction(database, () => database.exec(TABLES));
}

/** Takes turns of one limit: see `TurnStore`. */
export function takeTurns(database: SqliteDatabase, call: TurnsCall, clock: number): TurnsReply {
  return inTransaction(database, () => {
    const window = new TurnWindow(database, call, clock);
    const waits = call.wanted.map(({ turns, withinMs }) => window.take(turns, withinMs));
    window.save();
    forgetIdle(database, call, clock);
    return { waits, next: window.msUntil(1) };
  });
}

/** A set of limits that were used once, such as one for each domain, does not grow for ever. */
function forgetIdle(database: SqliteDatabase, { limit }: TurnsCall, clock: number): void {
  for (const row of database.prepare(IDLE).all(clock, limit)) {
    const name = row.bytes('name');
    database.prepare(FORGET_TURNS).run(name, EVERY);
    database.prepare(FORGET_RATE).run(name);
  }
}

/** The last turns of one limit, inside a transaction. */
class TurnWindow {
  readonly #database: SqliteDatabase;
  readonly #call: TurnsCall;
  readonly #clock: number;
  /** How far the store's time is before the clock, which was set back. */
  readonly #ahead: number;
  readonly #now: number;
  #turns: number;

  constructor(database: SqliteDatabase, call: TurnsCall, clock: number) {
    this.#database = database;
    this.#call = call;
    this.#clock = clock;
    const known = database.prepare(RATE).get(call.limit);
    this.#turns = known?.integer('turns') ?? 0;
    this.#ahead = known ? Math.max(known.integer('ahead'), known.integer('seen') - clock) : 0;
    this.#now = clock + this.#ahead;
  }

  /** @returns milliseconds until that many turns come at once */
  msUntil(turns: number): number {
    const { max } = this.#call;
    return Math.max(0, this.#againAt(this.#turns - max + Math.min(turns, max)) - this.#now);
  }

  /** @returns milliseconds until the turns come; none was taken if that is longer than `withinMs` */
  take(turns: number, withinMs: number): number {
    const wait = this.msUntil(turns);
    if (wait > withinMs) return wait;
    const { limit, max } = this.#call;
    for (let taken = 0; taken < turns; taken += 1) {
      const at = Math.max(this.#now + wait, this.#againAt(this.#turns + 1 - max));
      this.#turns += 1;
      this.#database.prepare(ADD_TURN).run(limit, this.#turns, at);
    }
    return wait;
  }

  save(): void {
    const { limit, max } = this.#call;
    const idleAt = Math.max(this.#againAt(this.#turns), this.#now) - this.#ahead;
    this.#database.prepare(FORGET_TURNS).run(limit, this.#turns - max);
    this.#database.prepare(SET_RATE).run(limit, this.#turns, this.#now, this.#ahead, idleAt);
  }

  /** When the turn of this number may be taken again; long ago for one that never was. */
  #againAt(number: number): number {
    const at = this.#database.prepare(TURN).get(this.#call.limit, number)?.integer('at');
    return at === undefined ? this.#clock : at + this.#call.per;
  }
}
