import type { SecureContextOptions } from 'node:tls';
import type { TestingModule } from '@nestjs/testing';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import {
  type MailEventName,
  type MailEvents,
  MailModule,
  type MailModuleOptions,
  MailQueueService,
  MailService,
  type QueueModuleOptions,
} from 'nest-mailroom';
import { PAUSES } from '../../src/transport/circuit-breaker.js';
import { afterCleanup, boot } from './application.js';
import { type Script, type ScriptedServer, startScriptedServer } from './scripted-server.js';

export { atFirst } from 'nest-mailroom/testing';

/** A scripted SMTP server until `cleanup`. */
export async function server(
  script?: Script,
  port?: number,
  tls?: SecureContextOptions,
): Promise<ScriptedServer> {
  const started = await startScriptedServer(script, port, tls);
  afterCleanup(started.close);
  return started;
}

export interface QueueingApplication {
  readonly app: TestingModule;
  readonly mail: MailService;
  readonly queue: MailQueueService;
  /** The next event of that name. */
  next<N extends MailEventName>(name: N): Promise<MailEvents[N]>;
  /** Names of the events so far. */
  names(): string[];
}

/** An application that queues, with its events. */
export async function queueing(
  transport: MailModuleOptions['transport'],
  queue: QueueModuleOptions = { retryDelays: [5] },
  more: MailModuleOptions = {},
): Promise<QueueingApplication> {
  const app = await boot([
    EventEmitterModule.forRoot(),
    MailModule.forRoot({ from: 'app@example.test', transport, verify: 'off', queue, ...more }),
  ]);
  const emitter = app.get(EventEmitter2);
  const heard: string[] = [];
  emitter.onAny((name) => heard.push(String(name)));
  return {
    app,
    mail: app.get(MailService),
    queue: app.get(MailQueueService),
    next: <N extends MailEventName>(name: N) =>
      new Promise<MailEvents[N]>((resolve) => {
        emitter.once(name, (event: MailEvents[N]) => resolve(event));
      }),
    names: () => [...heard],
  };
}

/**
 * Makes transports that failed be tried again after milliseconds instead of seconds, until mocks are
 * restored.
 */
export function shortPauses(): void {
  for (const name of ['first', 'login', 'longest'] as const) jest.replaceProperty(PAUSES, name, 20);
}

/** SMTP options for a server on loopback that knows no TLS. */
export const at = (port: number) => ({ host: '127.0.0.1', port, tls: 'off' }) as const;
