import { join } from 'node:path';
import {
  type Mail,
  type MailInterceptor,
  type MailModuleOptions,
  MailOutbox,
  type QueueOptions,
  type RenderedMessage,
} from 'nest-mailroom';
import { cleanup, folder } from '../support/application.js';
import { until } from '../support/example-process.js';
import { at, atFirst, queueing, server } from '../support/queueing.js';

const DAY = 24 * 3_600_000;
const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };

afterEach(cleanup);

const GIVEN = new Date('2020-05-05T05:05:05Z');
const FAR = new Date('2099-05-05T05:05:05Z');

class Postdate implements MailInterceptor {
  intercept(message: RenderedMessage): RenderedMessage {
    return { ...message, date: FAR };
  }
}

describe('the Date of a queued mail', () => {
  /** The mail as it was queued, and the time it is due. */
  async function queued(given: Mail, options: QueueOptions, more: MailModuleOptions = {}) {
    const { app, mail: service } = await queueing('memory:', {}, more);
    const { dueAt } = await service.queue(given, options);
    const message = app.get(MailOutbox).queued[0]?.message;
    return { date: message?.date, dueAt, text: message?.text };
  }

  test.each<[string, QueueOptions]>([
    ['now', {}],
    ['a delay', { delay: 8 * DAY }],
    ['a date to come', { sendAt: FAR }],
  ])('is when it is due: %s', async (_, options) => {
    const { date, dueAt } = await queued(mail, options);
    expect(date).toEqual(dueAt);
  });

  test('is the present time if the mail was due long ago', async () => {
    const before = Date.now();
    const { date } = await queued(mail, { sendAt: new Date(before - 30 * DAY) });
    expect(date?.getTime()).toBeGreaterThanOrEqual(before);
  });

  test('is the date that the caller gave', async () => {
    expect((await queued({ ...mail, date: GIVEN }, { delay: DAY })).date).toEqual(GIVEN);
  });

  test('is the date that an interceptor set, also if the mail is tried early', async () => {
    const { app, mail: service, queue } = await queueing('memory:', {}, { interceptors: [Postdate] });
    const { id } = await service.queue(mail, { delay: 8 * DAY });
    await queue.retry(id);
    await queue.drain();
    expect(app.get(MailOutbox).last()?.date).toEqual(FAR);
  });

  test('is the day that its template uses', async () => {
    const dir = await folder({ 'soon.hbs': '---\nsubject: S\n---\n<p>{{formatRelativeTime day}}</p>' });
    const context = { day: new Date(Date.now() + 9 * DAY + 3_600_000) };
    const given = { to: mail.to, template: 'soon', context };
    const { text } = await queued(given, { delay: 8 * DAY }, { templates: { dir } });
    expect(text).toMatch(/tomorrow|in 2 days/);
  });

  test('stays the same in later attempts, and so do all bytes', async () => {
    const smtp = await server(atFirst(2, /^END/, '451 4.3.0 later'));
    const path = join(await folder(), 'spool.db');
    const { mail: service, queue } = await queueing(at(smtp.port), { path, retryDelays: [1_100, 5] });
    const { id } = await service.queue(mail, { delay: 8 * DAY });
    const before = Math.trunc(Date.now() / 1000) * 1000;
    await queue.retry(id);
    await until(() => smtp.bodies.length === 3);
    expect(new Set(smtp.bodies).size).toBe(1);
    const date = Date.parse(/^Date: (.*)$/m.exec(smtp.bodies[0] ?? '')?.[1] ?? '');
    expect(date).toBeGreaterThanOrEqual(before);
    expect(date).toBeLessThanOrEqual(Date.now());
  });
});
