import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { MailerModule, MailerService } from '@nestjs-modules/mailer';
import { createTransport } from 'nodemailer';
import { MailModule } from '../../src/mail.module.js';
import { MailService } from '../../src/mail.service.js';
import { composeMime } from '../../src/mime/compose-mime.js';
import { bootApp } from '../app.js';
import { incumbentOptions } from '../incumbent.js';
import { renderedMessage } from '../message.js';
import { inParallel } from '../parallel.js';
import { receiptContext, renderedReceipt, templates } from '../receipt.js';
import { FROM, mailOf, recipient } from '../receipt-mail.js';
import type { Suite } from '../rounds.js';
import type { Task, Work } from '../task.js';

const POOL = 5;
/** Mails under way at once, for every candidate. */
export const WIDTH = 10;

/** With deadline, caller's signal, all checks, and a listener of events. */
export async function ours({ port }: Task, sending: (mail: MailService, count: number) => Promise<number>) {
  const transport = { host: '127.0.0.1', port, poolSize: POOL };
  const app = await bootApp([
    EventEmitterModule.forRoot(),
    MailModule.forRoot({
      from: FROM,
      transport,
      templates: { dir: templates('mailroom') },
      verify: 'off',
      queue: { driver: 'off' },
    }),
  ]);
  let heard = 0;
  app.get(EventEmitter2).on('mail.sent', () => heard++);
  const mail = app.get(MailService);
  const run = async (count: number): Promise<number> => {
    heard = 0;
    return Math.min(await sending(mail, count), heard);
  };
  return { run, close: () => app.close() };
}

const bySend = (task: Task): Promise<Work> =>
  ours(task, (mail, count) => {
    const { signal } = new AbortController();
    return inParallel(count, WIDTH, (index) => mail.send(mailOf(index), { signal }));
  });

const bySendMany = (task: Task): Promise<Work> =>
  ours(task, async (mail, count) => {
    const { signal } = new AbortController();
    const mails = Array.from({ length: count }, (_, index) => mailOf(index));
    return (await mail.sendMany(mails, { signal, concurrency: WIDTH })).sent.length;
  });

const poolOf = (port: number) => ({ host: '127.0.0.1', port, pool: true, maxConnections: POOL }) as const;

async function nodemailer({ port }: Task): Promise<Work> {
  const transporter = createTransport(poolOf(port));
  const body = await renderedReceipt(1);
  return {
    run: (count) =>
      inParallel(count, WIDTH, (index) =>
        transporter.sendMail({ from: FROM, to: recipient(index), ...body }),
      ),
    close: async () => transporter.close(),
  };
}

async function finishedBuffer({ port }: Task): Promise<Work> {
  const transporter = createTransport(poolOf(port));
  const raw = await composeMime(await renderedMessage());
  const envelope = { from: 'shop@example.test', to: 'ada1@example.test' };
  return {
    run: (count) => inParallel(count, WIDTH, () => transporter.sendMail({ raw, envelope })),
    close: async () => transporter.close(),
  };
}

async function incumbent({ port }: Task): Promise<Work> {
  const app = await bootApp([MailerModule.forRoot({ transport: poolOf(port), ...incumbentOptions() })]);
  const mailer = app.get(MailerService);
  const subject = 'Your order {{number}}, {{name}}';
  const run = (count: number): Promise<number> =>
    inParallel(count, WIDTH, (index) => {
      const context = { ...receiptContext(index), number: `A-${index}`, name: 'Ada Lovelace' };
      return mailer.sendMail({ from: FROM, to: recipient(index), subject, template: 'receipt', context });
    });
  return { run, close: () => app.close() };
}

const OURS = ['send', 'sendMany'];

export const smtp: Suite = {
  title: 'End to end: template to accepted, over pooled SMTP',
  candidates: new Map([
    ['send', bySend],
    ['sendMany', bySendMany],
    ['bare nodemailer, static html and text', nodemailer],
    ['@nestjs-modules/mailer, same template', incumbent],
    ['nodemailer given a finished buffer', finishedBuffer],
  ]),
  against: new Map([
    ['bare nodemailer, static html and text', OURS],
    ['@nestjs-modules/mailer, same template', OURS],
    ['nodemailer given a finished buffer', OURS],
  ]),
  batch: () => 500,
  sends: true,
};
