import type { SendMailOptions, SentMessageInfo } from 'nodemailer';
import type { SmtpAttempt } from '../smtp-attempt.js';
import type { Connections } from './connections.js';

/**
 * Milliseconds after the last mail until connections are closed. An open one keeps the process alive, and a script or a
 * test may end without closing the application.
 */
const IDLE_MS = 10_000;

interface ConnectionSet {
  readonly connections: Connections;
  underWay: number;
}

/**
 * Replaces connections when a mail fails on them in a way that a new session may fix: the next mail would get the same
 * ones. Mails under way finish on the old ones.
 */
export class RenewedConnections implements Connections {
  readonly #open: () => Connections;
  readonly #isSpoilt: (error: unknown) => boolean;
  readonly #generations = new Set<ConnectionSet>();
  #current: ConnectionSet;
  #idle: NodeJS.Timeout | undefined;

  /**
   * @param open opens new connections
   * @param isSpoilt returns whether an error shows that the session itself is at fault
   */
  constructor(open: () => Connections, isSpoilt: (error: unknown) => boolean) {
    this.#open = open;
    this.#isSpoilt = isSpoilt;
    this.#current = this.#next();
  }

  async send(outgoing: SmtpAttempt, fields: SendMailOptions): Promise<SentMessageInfo> {
    const used = this.#current;
    used.underWay += 1;
    clearTimeout(this.#idle);
    try {
      return await used.connections.send(outgoing, fields);
    } catch (error) {
      if (this.#isSpoilt(error) && used === this.#current) this.#current = this.#next();
      throw error;
    } finally {
      used.underWay -= 1;
      if (used.underWay === 0) this.#rest(used);
    }
  }

  close(): void {
    clearTimeout(this.#idle);
    for (const generation of this.#generations) this.#end(generation);
  }

  #rest(used: ConnectionSet): void {
    if (used !== this.#current) return this.#end(used);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#renew(used), IDLE_MS).unref();
  }

  #renew(used: ConnectionSet): void {
    if (!this.#generations.has(used)) return;
    this.#current = this.#next();
    this.#end(used);
  }

  #next(): ConnectionSet {
    const generation = { connections: this.#open(), underWay: 0 };
    this.#generations.add(generation);
    return generation;
  }

  #end(generation: ConnectionSet): void {
    this.#generations.delete(generation);
    generation.connections.close();
  }
}
