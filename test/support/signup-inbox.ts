import { cp } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { EventEmitterModule } from '@nestjs/event-emitter';
import {
  type Mail,
  MailService,
  type MailModuleOptions,
  MailQueueService,
  type QueuedMail,
  type QueueOptions,
} from 'nest-mailroom';
import type { MailInboxOptions } from 'nest-mailroom/inbox';

import { theme } from '../../examples/signup/src/mail/theme.js';
import { settings } from '../../examples/signup/src/settings.js';
import { SignupModule } from '../../examples/signup/src/signup/signup.module.js';
import type { MessagePage } from '../../src/inbox/api/messages.js';
import { startInbox } from '../inbox/support/inbox-application.js';
import { folder } from './application.js';
import { until } from './example-process.js';

const TEMPLATES = join(__dirname, '../../examples/signup/src/templates');

/** The signup example with folders of its own, and what can be done to it. */
export interface SignupInbox {
  /** Of the inbox, without a slash at its end. */
  readonly url: string;
  /** Where its templates are; they may be edited. */
  readonly templates: string;
  signUp(name: string): Promise<unknown>;
  send(mail: Partial<Mail>): Promise<unknown>;
  queue(mail: Partial<Mail>, options?: QueueOptions): Promise<QueuedMail>;
  /** Of its queue. */
  readonly operations: MailQueueService;
  /** Sends so many mails: `Mail 1 of 3`, … */
  fill(count: number): Promise<unknown>;
  clear(): Promise<unknown>;
  /** Ends every connection, as a restart does. */
  disconnect(): void;
}

export interface SignupInboxOptions {
  readonly mail?: MailModuleOptions;
  readonly inbox?: MailInboxOptions;
}

/** Until `cleanup`. */
export async function startSignupInbox(options: SignupInboxOptions = {}): Promise<SignupInbox> {
  const dir = await folder();
  const templates = join(dir, 'templates');
  await cp(TEMPLATES, templates, { recursive: true });
  const { app, origin, read, write } = await startInbox({
    imports: [settings, EventEmitterModule.forRoot(), SignupModule],
    mail: {
      templates: { dir: templates, theme, watch: true },
      queue: { path: join(dir, 'spool') },
      ...options.mail,
    },
    inbox: { dir: join(dir, 'inbox'), ...options.inbox },
  });
  const mail = app.get(MailService);
  const hello = { to: 'ada@example.test', subject: 'Hello', text: 'Hello.' };
  const server: Server = app.getHttpServer();
  return {
    url: `${origin}/mail`,
    templates,
    signUp: (name) => signUp(origin, name),
    send: (given) => mail.send({ ...hello, ...given }),
    queue: (given, when) => mail.queue({ ...hello, ...given }, when),
    operations: app.get(MailQueueService),
    fill: async (count) => {
      await mail.sendMany(numbered(count));
      // They are written behind the sender's back.
      await until(async () => (await read<MessagePage>('api/messages?limit=1')).total === count);
    },
    clear: () => write('DELETE', 'api/messages'),
    disconnect: () => server.closeAllConnections(),
  };
}

async function signUp(origin: string, name: string): Promise<unknown> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.test`;
  const response = await fetch(`${origin}/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, name }),
  });
  return response.json();
}

function* numbered(count: number): Generator<Mail> {
  for (let index = 1; index <= count; index += 1) {
    yield { to: `user${index}@example.test`, subject: `Mail ${index} of ${count}`, text: 'Hello.' };
  }
}
