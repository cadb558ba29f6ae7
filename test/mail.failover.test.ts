import { Injectable, Logger, Module } from '@nestjs/common';
import {
  failover,
  MailModule,
  type MailModuleOptions,
  MailService,
  type QueueModuleOptions,
  retry,
  route,
} from 'nest-mailroom';
import { MailError } from '../src/errors/mail-error.js';
import { boot, cleanup, folder, setEnv } from './support/application.js';
import { down, failure, MemberTransport, refused, unknown } from './support/member-transport.js';
import { queueing, server, shortPauses } from './support/queueing.js';

beforeEach(() => {
  shortPauses();
  jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
});
afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };
const from = 'app@example.test';

interface Queued {
  readonly queue: Awaited<ReturnType<typeof queueing>>['queue'];
}

async function onlyEntry({ queue }: Queued) {
  const [entry] = await queue.list();
  if (!entry) throw new Error('expected a mail in the queue');
  return entry;
}

const pair = (a: MemberTransport, b: MemberTransport) => failover([a, b]);

describe('send', () => {
  test('the receipt and the event name the member that carried the mail', async () => {
    const [a, b] = [new MemberTransport('a', down()), new MemberTransport('b')];
    const { mail: service, next } = await queueing(pair(a, b));
    const event = next('mail.sent');
    expect((await service.send(mail)).transport).toBe('b');
    expect((await event).receipt.transport).toBe('b');
  });

  test('an unknown outcome is ambiguous, names the member, and later mails go elsewhere', async () => {
    const broken = new MailError('transport-unavailable', 'status 500', { outcome: 'unknown' });
    const [a, b] = [new MemberTransport('a', broken), new MemberTransport('b')];
    const { mail: service, next } = await queueing(pair(a, b));
    const event = next('mail.failed');
    expect(await failure(service.send(mail))).toMatchObject({
      code: 'ambiguous',
      outcome: 'unknown',
      transport: 'a',
    });
    expect((await event).error.transport).toBe('a');
    expect((await service.send(mail)).transport).toBe('b');
  });

  test('the first member gets at most half of the timeout', async () => {
    const [a, b] = [new MemberTransport('a', 'hang'), new MemberTransport('b')];
    const { mail: service } = await queueing(pair(a, b));
    expect((await service.send(mail, { timeout: 400 })).transport).toBe('b');
  });
});

describe('queue', () => {
  test('a mail that may have been sent is tried again by the same member alone', async () => {
    const [a, b] = [new MemberTransport('a', unknown()), new MemberTransport('b')];
    const { mail: service, queue, next } = await queueing(pair(a, b));
    const deferred = next('mail.deferred');
    await service.queue(mail);
    expect((await deferred).error?.transport).toBe('a');
    await queue.drain();
    const { state, attempts } = await onlyEntry({ queue });
    expect([state, ...attempts.map(({ transport }) => transport)]).toEqual(['sent', 'a', 'a']);
    expect(b.taken).toHaveLength(0);
    expect(a.asked.map(({ pinnedTo }) => pinnedTo)).toEqual([undefined, 'a']);
  });

  test('with hold it is held, and an operator may send it by any member', async () => {
    const [a, b] = [new MemberTransport('a', unknown(), down()), new MemberTransport('b')];
    const { mail: service, queue, next } = await queueing(pair(a, b), { onAmbiguous: 'hold' });
    const held = next('mail.ambiguous');
    const { id } = await service.queue(mail);
    expect((await held).error).toMatchObject({ code: 'ambiguous', transport: 'a' });
    await queue.drain();
    expect(await onlyEntry({ queue })).toMatchObject({ state: 'ambiguous', attempts: [{ transport: 'a' }] });
    expect(b.asked).toHaveLength(0);
    await queue.retry(id);
    await queue.drain();
    const { state, attempts } = await onlyEntry({ queue });
    expect([state, attempts.at(-1)?.transport]).toEqual(['sent', 'b']);
  });

  test('while its member is down it waits, loses no attempt, and holds up no other mail', async () => {
    const [a, b] = [new MemberTransport('a', unknown()), new MemberTransport('b')];
    a.standing = down();
    const { mail: service, queue, next, names } = await queueing(pair(a, b));
    const released = next('mail.released');
    const { id } = await service.queue(mail);
    expect((await released).error?.transport).toBe('a');
    await service.queue({ ...mail, to: 'bea@example.test' });
    await next('mail.sent');
    expect(b.taken.map(({ envelope }) => envelope.to)).toEqual([['bea@example.test']]);
    expect((await queue.get(id))?.attempts).toMatchObject([{ transport: 'a' }]);
    expect(names()).not.toContain('mail.paused');
    a.standing = 'take';
    await queue.retry(id);
    await queue.drain();
    expect(await queue.get(id)).toMatchObject({ state: 'sent', attempts: [{}, { transport: 'a' }] });
  });

  test('recipients who are left may go by another member, since nothing was sent to them', async () => {
    const [a, b] = [new MemberTransport('a'), new MemberTransport('b')];
    const rejected = [{ address: 'bea@example.test', code: 'recipients-rejected', retryable: true } as const];
    a.acts.push(
      async (message) => ({ ...a.receipt(message), accepted: ['ada@example.test'], rejected }),
      down(),
    );
    const { mail: service, queue } = await queueing(pair(a, b));
    await service.queue({ ...mail, to: ['ada@example.test', 'bea@example.test'] });
    await queue.drain();
    const { state, attempts } = await onlyEntry({ queue });
    expect([state, ...attempts.map(({ transport }) => transport)]).toEqual(['sent', 'a', 'b']);
    expect(b.taken.map(({ envelope }) => envelope.to)).toEqual([['bea@example.test']]);
  });

  test('a recipient who may have got the mail goes by no other member', async () => {
    const [a, b] = [new MemberTransport('a'), new MemberTransport('b')];
    const rejected = [
      { address: 'bea@example.test', code: 'ambiguous', retryable: true, outcome: 'unknown' } as const,
    ];
    a.acts.push(async (message) => ({ ...a.receipt(message), accepted: ['ada@example.test'], rejected }));
    const { mail: service, queue } = await queueing(pair(a, b));
    await service.queue({ ...mail, to: ['ada@example.test', 'bea@example.test'] });
    await queue.drain();
    expect(a.asked.map(({ pinnedTo }) => pinnedTo)).toEqual([undefined, 'a']);
    expect(b.asked).toHaveLength(0);
  });

  test('a refusal ends the mail, and the entry names who refused it', async () => {
    const [a, b] = [new MemberTransport('a', refused()), new MemberTransport('b')];
    const { mail: service, queue } = await queueing(pair(a, b));
    await service.queue(mail);
    await queue.drain();
    expect(await onlyEntry({ queue })).toMatchObject({ state: 'dead', attempts: [{ transport: 'a' }] });
  });

  test('when no member works, the mailer pauses and goes on by the first that does', async () => {
    const [a, b] = [new MemberTransport('a', down()), new MemberTransport('b', down())];
    const { mail: service, queue, next } = await queueing(pair(a, b));
    const [paused, resumed] = [next('mail.paused'), next('mail.resumed')];
    await service.queue(mail);
    expect((await paused).error.message).toContain('failover(a b): no member took the mail');
    await resumed;
    await queue.drain();
    expect((await onlyEntry({ queue })).attempts).toHaveLength(1);
  });

  test('a dead member of a route holds up its own mails alone', async () => {
    const [a, b] = [new MemberTransport('one', down()), new MemberTransport('two')];
    a.standing = down();
    const transport = route(({ tags }) => (tags.includes('a') ? 'a' : 'b'), { a, b });
    const { mail: service, queue, next, names } = await queueing(transport);
    const released = next('mail.released');
    const { id } = await service.queue({ ...mail, tags: ['a'] });
    await released;
    const sent = next('mail.sent');
    await service.queue(mail);
    expect((await sent).receipt.transport).toBe('b');
    expect((await queue.get(id))?.attempts).toEqual([]);
    expect(names()).not.toContain('mail.paused');
  });

  test('retry() leaves queued mails to the queue', async () => {
    const a = new MemberTransport('a', new MailError('message-rejected', '451', { retryable: true }));
    const { mail: service, queue } = await queueing(retry(a, { attempts: 5 }));
    await service.queue(mail);
    await queue.drain();
    expect((await onlyEntry({ queue })).attempts).toHaveLength(2);
  });
});

describe('after a restart', () => {
  const b = () => new MemberTransport('b');
  const gone: ReadonlyArray<readonly [string, () => MailModuleOptions['transport'], string]> = [
    ['without the member the mail is held', () => failover([b(), new MemberTransport('c')]), 'ambiguous'],
    ['with another plain transport it is held', b, 'ambiguous'],
    ['with the member as a plain transport it is sent', () => new MemberTransport('a'), 'sent'],
    [
      'with the member inside another it is sent',
      () => failover([b(), retry(new MemberTransport('a'))]),
      'sent',
    ],
  ];
  test.each(gone)('%s', async (_what, transport, state) => {
    const queue: QueueModuleOptions = {
      driver: 'spool',
      path: `${await folder()}/spool.db`,
      retryDelays: [400],
    };
    const a = new MemberTransport('a', unknown());
    const first = await queueing(pair(a, b()), queue);
    const deferred = first.next('mail.deferred');
    await first.mail.queue(mail);
    await deferred;
    await first.app.close();
    const second = await queueing(transport(), queue);
    await second.queue.drain();
    const entry = await onlyEntry(second);
    expect(entry.state).toBe(state);
    if (state === 'sent') return;
    expect(entry.attempts.at(-1)?.error?.message).toContain(
      'may have been sent by a, which is no longer configured',
    );
    await second.queue.retry(entry.id);
    await second.queue.drain();
    expect((await onlyEntry(second)).state).toBe('sent');
  });
});

@Injectable()
class Pigeon extends MemberTransport {
  constructor() {
    super('pigeon');
  }
}

@Module({ providers: [Pigeon], exports: [Pigeon] })
class PigeonModule {}

describe('the module', () => {
  test('makes members of URLs, options and classes', async () => {
    const smtp = await server();
    const options = { host: '127.0.0.1', port: 9, tls: 'off', connectTimeout: 1_000 } as const;
    const transport = failover([options, `smtp://127.0.0.1:${smtp.port}`, Pigeon]);
    const app = await boot([PigeonModule, MailModule.forRoot({ from, transport, verify: 'off' })]);
    expect((await app.get(MailService).send(mail)).transport).toBe(`smtp://127.0.0.1:${smtp.port}`);
    await smtp.close();
    expect((await app.get(MailService).send(mail)).transport).toBe('pigeon');
    expect(app.get(Pigeon).taken).toHaveLength(1);
  });

  test('makes them anew for each application', async () => {
    const smtp = await server();
    const transport = failover([`smtp://127.0.0.1:${smtp.port}`, 'memory:']);
    for (let run = 1; run <= 2; run += 1) {
      const app = await boot([MailModule.forRoot({ from, transport, verify: 'off' })]);
      expect((await app.get(MailService).send(mail)).transport).toContain('smtp://');
      await app.close();
    }
    expect(smtp.bodies).toHaveLength(2);
  });

  test('reads MAIL_URL, and says at boot where mails go', async () => {
    const log = jest.spyOn(Logger.prototype, 'log');
    const [one, two] = [await server(), await server()];
    setEnv({
      MAIL_FROM: from,
      MAIL_URL: `failover(smtp://127.0.0.1:${one.port} smtp://127.0.0.1:${two.port})`,
    });
    const app = await boot([MailModule.forRoot({ verify: 'off' })]);
    const said = log.mock.calls.map(([line]) => String(line)).join('\n');
    expect(said).toContain(
      `by failover(smtp smtp) to 127.0.0.1:${one.port}, 127.0.0.1:${two.port} (not verified)`,
    );
    await app.get(MailService).send(mail);
    await one.close();
    await app.get(MailService).send(mail);
    expect([one.bodies.length, two.bodies.length]).toEqual([1, 1]);
  });

  test.each<[MailModuleOptions['transport'], RegExp]>([
    [
      'failover(smtp://u:hunter2@a.test',
      /transport: expected \) at the end of failover\(, got the end at position 33/,
    ],
    [failover(['smtp://u:hunter2@', 'log:']), /transport, member 1 of failover: expected/],
    [failover([{ host: '' }, 'log:']), /transport, member 1 of failover\.host: expected/],
    [failover(['smtp://u:hunter2@a.test', 'smtp://a.test']), /own, got "smtp:\/\/a\.test:587" twice/],
    [
      failover([failover(['smtp://u:hunter2@a.test']), 'nope:']),
      /transport, member 2 of failover: expected one of/,
    ],
  ])('refuses %j at boot without its secrets', async (transport, says) => {
    const error = await failure(boot([MailModule.forRoot({ from, transport })]));
    expect(error.code).toBe('config');
    expect(error.message).toMatch(says);
    expect(error.message).not.toContain('hunter2');
  });

  test('refuses two classes of one name at boot', async () => {
    class Other extends MemberTransport {
      constructor() {
        super('pigeon');
      }
    }
    @Module({
      providers: [Pigeon, { provide: Other, useFactory: () => new Other() }],
      exports: [Pigeon, Other],
    })
    class Both {}
    const transport = failover([Pigeon, Other]);
    const error = await failure(boot([Both, MailModule.forRoot({ from, transport, verify: 'off' })]));
    expect(error.message).toContain('got "pigeon" twice');
  });
});
