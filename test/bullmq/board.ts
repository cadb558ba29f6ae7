import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { Queue } from 'bullmq';
import { getMailQueueName } from 'nest-mailroom/bullmq';
import request from 'supertest';
import { afterCleanup } from '../support/application.js';

/** A job as the page shows it. */
export interface ShownJob {
  readonly id: string;
  readonly attempts: number;
  readonly delay: number;
  readonly failedReason?: string;
  readonly stacktrace: readonly string[];
  readonly returnValue?: unknown;
  readonly data: Record<string, unknown>;
}

/** The bull-board of an operator, over HTTP as its page calls it. */
export class Board {
  readonly #app: ReturnType<ExpressAdapter['getRouter']>;

  private constructor(app: ReturnType<ExpressAdapter['getRouter']>) {
    this.#app = app;
  }

  /** Until `cleanup`. */
  static open(url: string, prefix = 'bull'): Board {
    const queue = new Queue(getMailQueueName(), { connection: { url }, prefix });
    afterCleanup(() => queue.close());
    const adapter = new ExpressAdapter();
    createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter: adapter });
    return new Board(adapter.getRouter());
  }

  /** Jobs of one of its tabs. */
  async shown(status: string): Promise<readonly ShownJob[]> {
    const query = { activeQueue: getMailQueueName(), status, page: 1, jobsPerPage: 100 };
    const { body } = await request(this.#app).get('/api/queues').query(query).expect(200);
    return body.queues[0].jobs;
  }

  /** Presses one of its buttons. */
  async put(path: string, body: object = {}): Promise<void> {
    await this.#change(request(this.#app).put(this.#path(path)), body);
  }

  async patch(path: string, body: object): Promise<void> {
    await this.#change(request(this.#app).patch(this.#path(path)), body);
  }

  async post(path: string, body: object): Promise<void> {
    await this.#change(request(this.#app).post(this.#path(path)), body);
  }

  #path(path: string): string {
    return `/api/queues/${getMailQueueName()}/${path}`;
  }

  async #change(call: request.Test, body: object): Promise<void> {
    const { ok, text } = await call.send(body);
    if (!ok) throw new Error(`bull-board refused: ${text}`);
  }
}
