import { renderMessage } from '../../src/render/render-message.js';
import type { RenderRequest } from '../../src/render/renderer.js';
import { html, failure, loaded, renderOf } from './templates.js';

const now = new Date('2026-03-09T22:00:00Z');

async function textOf(
  source: string,
  context: object,
  request: Partial<RenderRequest> = {},
): Promise<string | undefined> {
  const renderer = await loaded({ 'page.text.hbs': source });
  return (await renderOf(renderer, 'page', context, { date: now, ...request })).text;
}

describe('formatList', () => {
  test.each([
    ['{{formatList names}}', 'en', 'Ada, Bob, and Cy'],
    ['{{formatList names}}', 'fr', 'Ada, Bob et Cy'],
    ['{{formatList names "disjunction"}}', 'en', 'Ada, Bob, or Cy'],
    ['{{formatList names type="disjunction"}}', 'de', 'Ada, Bob oder Cy'],
    ['{{formatList names "unit" style="narrow"}}', 'en', 'Ada Bob Cy'],
  ])('%s in %s', async (source, locale, expected) => {
    expect(await textOf(source, { names: ['Ada', 'Bob', 'Cy'] }, { locale })).toBe(expected);
  });

  test('one, none and null', async () => {
    const source = '[{{formatList one}}{{formatList none}}{{formatList nil}}]';
    expect(await textOf(source, { one: [1], none: [], nil: null })).toBe('[1]');
  });

  test('its result is escaped', async () => {
    expect(await html('{{formatList names}}', { names: ['<b>', 'A&B'] })).toBe('&lt;b&gt; and A&amp;B');
  });

  test('keeps a template on the fast path with the same values', async () => {
    const page = '<style>p { color: red }</style><p>{{formatList names}}</p>';
    const renderer = await loaded({ 'page.hbs': page }, { inlineCss: true });
    expect(renderer.fastPaths()).toMatchObject([{ fastPath: { ok: true } }]);
    const rendered = await renderOf(renderer, 'page', { names: ['a\rb'] });
    expect(rendered.html).toContain('a\nb');
  });

  test.each([
    ['{{formatList a}}', { a: 'Ada' }, 'formatList: expected an array, got string'],
    ['{{formatList a}}', { a: [{}] }, 'formatList: expected text or numbers, got object'],
    ['{{formatList a "neither"}}', { a: ['x'] }, '"formatList" failed'],
  ])('%s of %j is refused', async (source, context, message) => {
    await expect(textOf(source, context)).rejects.toMatchObject({
      code: 'context-invalid',
      message: expect.stringContaining(message),
    });
  });
});

describe('formatRelativeTime', () => {
  test.each([
    ['2026-03-09T22:00:00Z', 'now'],
    ['2026-03-09T22:00:42Z', 'in 42 seconds'],
    ['2026-03-09T21:58:30Z', '1 minute ago'],
    ['2026-03-10T10:00:00Z', 'in 12 hours'],
    ['2026-03-10T22:00:00Z', 'tomorrow'],
    ['2026-03-11T00:30:00Z', 'in 2 days'],
    ['2026-03-08T21:00:00Z', 'yesterday'],
    ['2026-04-07T22:00:00Z', 'in 29 days'],
    ['2026-04-20T22:00:00Z', 'next month'],
    ['2026-12-09T22:00:00Z', 'in 9 months'],
    ['2027-03-09T22:00:00Z', 'next year'],
    ['2020-01-01T00:00:00Z', '6 years ago'],
  ])('%s is %s', async (at, expected) => {
    expect(await textOf('{{formatRelativeTime at}}', { at })).toBe(expected);
  });

  test('thirty days inside one month are days', async () => {
    const request = { date: new Date('2026-01-01T00:00:00Z') };
    expect(await textOf('{{formatRelativeTime at}}', { at: '2026-01-31' }, request)).toBe('in 30 days');
  });

  test.each([
    ['{{formatRelativeTime at "day"}}', 'tomorrow'],
    ['{{formatRelativeTime at unit="day" numeric="always"}}', 'in 1 day'],
    ['{{formatRelativeTime at "hour"}}', 'in 3 hours'],
    ['{{formatRelativeTime at "week"}}', 'this week'],
  ])('%s', async (source, expected) => {
    expect(await textOf(source, { at: '2026-03-10T01:00:00Z' })).toBe(expected);
  });

  test('days follow the mail’s time zone, words its locale', async () => {
    const source = '{{formatRelativeTime at "day"}}';
    const at = { at: '2026-03-10T01:00:00Z' };
    expect(await textOf(source, at, { timeZone: 'America/New_York' })).toBe('today');
    expect(await textOf(source, at, { locale: 'fr' })).toBe('demain');
    expect(await textOf(source, at, { locale: 'fa-IR' })).toBe('فردا');
  });

  test('counts from the date of the message', async () => {
    const renderer = await loaded({ 'page.text.hbs': '---\nsubject: x\n---\n{{formatRelativeTime at}}' });
    const message = {
      messageId: '<1@example.test>',
      date: now,
      envelope: { from: 'a@example.test', to: ['b@example.test'] },
      from: { address: 'a@example.test' },
      to: [],
      cc: [],
      replyTo: [],
      attachments: [],
      alternatives: [],
      headers: {},
      mailer: 'default',
      tags: [],
      metadata: {},
      body: { template: 'page', context: { at: '2026-03-12' } },
      timeZone: 'UTC',
    };
    expect(await renderMessage(message, renderer)).toMatchObject({ text: 'in 3 days' });
  });

  test.each([
    ['{{formatRelativeTime at "moon"}}', {}, 'expected a unit out of second, minute'],
    ['{{formatRelativeTime word}}', {}, 'formatRelativeTime: expected a Date'],
  ])('%s is refused', async (source, request, message) => {
    const error = await failure(textOf(source, { at: 0, word: 'soon' }, request));
    expect(error).toMatchObject({ code: 'context-invalid', message: expect.stringContaining(message) });
  });

  test('without a date of the mail it is context-invalid', async () => {
    const renderer = await loaded({ 'page.text.hbs': '{{formatRelativeTime at}}' });
    const error = await failure(renderOf(renderer, 'page', { at: 0 }));
    expect(error).toMatchObject({ code: 'context-invalid', at: { line: 1, column: 1 } });
    expect(error.message).toContain('no date to count from');
  });
});
