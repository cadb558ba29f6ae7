import { Injectable } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import {
  type MailEventName,
  type MailFailedEvent,
  MailModule,
  type MailSendingEvent,
  type MailSentEvent,
  MailService,
} from 'nest-mailroom';
import { MAILROOM } from '../src/mail.tokens.js';
import type { Mailroom } from '../src/mail.service.js';
import { boot, cleanup, folder } from './support/application.js';
import { LogLines } from './support/log-lines.js';

afterEach(cleanup);

const from = 'app@example.test';
const mail = {
  to: 'ada@example.test',
  bcc: 'hidden@example.test',
  subject: 'Hello',
  text: 'the body',
  tags: ['signup'],
  metadata: { user: '7' },
};

type OnEventOptions = Parameters<typeof OnEvent>[1];

const EVENTS = Object.keys({
  'mail.sending': 0,
  'mail.sent': 0,
  'mail.failed': 0,
  'mail.queued': 0,
  'mail.deferred': 0,
  'mail.dead': 0,
  'mail.released': 0,
  'mail.ambiguous': 0,
  'mail.expired': 0,
  'mail.paused': 0,
  'mail.resumed': 0,
  'mail.alarm': 0,
} satisfies Record<MailEventName, 0>) as MailEventName[];

@Injectable()
class Listener {
  readonly heard: Array<[string, MailSendingEvent | MailSentEvent | MailFailedEvent]> = [];

  @OnEvent('mail.sending')
  sending(event: MailSendingEvent): void {
    this.heard.push(['mail.sending', event]);
  }

  @OnEvent('mail.sent')
  sent(event: MailSentEvent): void {
    this.heard.push(['mail.sent', event]);
  }

  @OnEvent('mail.failed')
  failed(event: MailFailedEvent): void {
    this.heard.push(['mail.failed', event]);
  }
}

describe('events', () => {
  const root = (): ReturnType<typeof MailModule.forRoot> => MailModule.forRoot({ from });
  it.each([
    ['before', () => [root(), EventEmitterModule.forRoot()]],
    ['after', () => [EventEmitterModule.forRoot(), root()]],
  ])('reach @OnEvent listeners when imported %s EventEmitterModule', async (_order, imports) => {
    const app = await boot(imports(), [Listener]);
    const receipt = await app.get(MailService).send(mail);
    const common = {
      mailer: 'default',
      messageId: receipt.messageId,
      to: ['ada@example.test', 'hidden@example.test'],
      tags: ['signup'],
      metadata: { user: '7' },
    };
    expect(app.get(Listener).heard).toEqual([
      ['mail.sending', common],
      ['mail.sent', { ...common, receipt }],
    ]);
  });

  it('tell of a failed attempt with the error the caller got', async () => {
    const imports = [
      MailModule.forRoot({ from, transport: 'smtp://127.0.0.1:1', verify: 'off' }),
      EventEmitterModule.forRoot(),
    ];
    const app = await boot(imports, [Listener]);
    const error: unknown = await app
      .get(MailService)
      .send(mail)
      .catch((reason: unknown) => reason);
    expect(app.get(Listener).heard).toEqual([
      ['mail.sending', expect.anything()],
      ['mail.failed', expect.objectContaining({ to: ['ada@example.test', 'hidden@example.test'], error })],
    ]);
    expect(error).toMatchObject({ code: 'transport-unavailable' });
  });

  it('tell of a mail that failed before there was a message', async () => {
    const dir = await folder({ 'welcome.hbs': '---\nsubject: Hi\n---\n{{name}}' });
    const imports = [MailModule.forRoot({ from, templates: { dir } }), EventEmitterModule.forRoot()];
    const app = await boot(imports, [Listener]);
    const sending = app.get(MailService).send({ to: mail.to, template: 'welcome', context: {} });
    await expect(sending).rejects.toMatchObject({ code: 'context-invalid' });
    expect(app.get(Listener).heard).toEqual([
      ['mail.failed', expect.objectContaining({ mailer: 'default', template: 'welcome', to: [] })],
    ]);
  });

  it('never fail a mail: a listener that throws is its own fault', async () => {
    const app = await boot([MailModule.forRoot({ from }), EventEmitterModule.forRoot()]);
    app.get(EventEmitter2).on('mail.sending', () => {
      throw new Error('listener');
    });
    await expect(app.get(MailService).send(mail)).resolves.toMatchObject({ accepted: expect.anything() });
  });

  describe.each<[string, OnEventOptions | undefined]>([
    ['as they are by default', undefined],
    ['that do not suppress their errors', { suppressErrors: false }],
  ])('never end the process, whatever becomes of their listeners: those %s', (_what, options) => {
    it.each(EVENTS)('%s', async (name) => {
      @Injectable()
      class Failing {
        readonly heard: string[] = [];
        @OnEvent(name, options)
        throwing(): void {
          this.heard.push('throwing');
          throw new Error('thrown');
        }
        @OnEvent(name, options)
        rejecting(): Promise<void> {
          this.heard.push('rejecting');
          return Promise.reject(new Error('rejected'));
        }
        @OnEvent('mail.*', options)
        wildcard(): Promise<void> {
          this.heard.push('wildcard');
          return Promise.reject(new Error('rejected'));
        }
      }
      const unhandled: unknown[] = [];
      const note = (reason: unknown): unknown => unhandled.push(reason);
      process.on('unhandledRejection', note);
      const events = EventEmitterModule.forRoot({ wildcard: true });
      const app = await boot([MailModule.forRoot({ from }), events], [Failing]);
      const { publish } = app.get<Mailroom>(MAILROOM);
      // Its payload plays no part: what listeners return does.
      publish(name, {} as never);
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      process.off('unhandledRejection', note);
      expect(app.get(Failing).heard.toSorted()).toEqual(['rejecting', 'throwing', 'wildcard']);
      expect(unhandled).toEqual([]);
    });
  });

  it('tell in the log of a listener that does not suppress its errors', async () => {
    const lines = new LogLines();
    @Injectable()
    class Loud {
      @OnEvent('mail.sent', { suppressErrors: false })
      sent(): Promise<void> {
        return Promise.reject(new Error('listener'));
      }
    }
    const app = await boot([MailModule.forRoot({ from }), EventEmitterModule.forRoot()], [Loud]);
    app.useLogger(lines);
    await app.get(MailService).send(mail);
    await new Promise(setImmediate);
    expect(lines.errors).toEqual(['mail.fault: A listener of mail.sent failed: listener']);
  });

  it('are no condition: without EventEmitterModule mail goes out all the same', async () => {
    const app = await boot([MailModule.forRoot({ from })]);
    await expect(app.get(MailService).send(mail)).resolves.toMatchObject({ transport: 'memory' });
  });
});
