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
import { afterCleanup, boot } from './application.js';
import { type Script, type ScriptedServer, startScriptedServer } from './scripted-server.js';

/** A scripted SMTP server until `cleanup`. */
export async function server(script?: Script, port?: number): Promise<ScriptedServer> {
  const started = await startScriptedServer(script, port);
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
): Promise<QueueingApplication> {
  const app = await boot([
    EventEmitterModule.forRoot(),
    MailModule.forRoot({ from: 'app@example.test', transport, verify: 'off', queue }),
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

/** SMTP options for a server on loopback that knows no TLS. */
export const at = (port: number) => ({ host: '127.0.0.1', port, tls: 'off' }) as const;

/** Answers so as often as told, and then as usual. */
export function atFirst(times: number, pattern: RegExp, answer: ReturnType<Script>): Script {
  let left = times;
  return (line) => (pattern.test(line) && left-- > 0 ? answer : undefined);
}
