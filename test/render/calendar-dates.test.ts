import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COMPILED } from '../support/spool-thread.js';
import { failure, folder, html, loaded, renderOf } from './templates.js';

const ZONES = ['UTC', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu'];

const FILES = {
  'helper.text.hbs': '{{formatDate at "long"}}',
  'stamp.text.hbs': '{{formatDate at dateStyle="long" timeStyle="short"}}',
  'tokyo.text.hbs': '{{formatDate at dateStyle="long" timeStyle="short" timeZone="Asia/Tokyo"}}',
  'month.text.hbs': '{{formatDate at month="long" year="numeric"}}',
  'icu.text.hbs': '{{t "long" at=at}}',
  'clock.text.hbs': '{{t "clock" at=at}}',
  'away.text.hbs': '{{formatRelativeTime at}}',
  'locales/en.json': JSON.stringify({
    long: '{at, date, long} {at, date, ::yMMMd}',
    clock: '{at, date, short} {at, time, short}',
  }),
};

type Row = readonly [template: string, at: string | number, expected: string];

/** Of 22:00 of March 9 in UTC, which is March 10 in Kiritimati and Kathmandu. */
const NOW = '2026-03-09T22:00:00Z';

/** What is the same in every zone. */
const EVERYWHERE: readonly Row[] = [
  ['helper', '2026-03-01', 'March 1, 2026'],
  ['stamp', '2026-03-01', 'March 1, 2026 at 12:00 AM'],
  ['tokyo', '2026-03-01', 'March 1, 2026 at 12:00 AM'],
  ['month', '2026-03', 'March 2026'],
  ['icu', '2026-03-01', 'March 1, 2026 Mar 1, 2026'],
  ['icu', '2026-12-31', 'December 31, 2026 Dec 31, 2026'],
  // A day that Samoa left out.
  ['helper', '2011-12-30', 'December 30, 2011'],
  ['clock', '2026-03-01', '3/1/26 12:00 AM'],
  ['helper', '2026-03-01T09:00:00', 'March 1, 2026'],
  ['stamp', '2026-03-01T09:00:00', 'March 1, 2026 at 9:00 AM'],
  ['stamp', '2026-03-01 09:00:00', 'March 1, 2026 at 9:00 AM'],
  ['stamp', '2026-03-01T23:59', 'March 1, 2026 at 11:59 PM'],
  ['stamp', '2026-03-01t00:00:00.123456', 'March 1, 2026 at 12:00 AM'],
  ['stamp', '2026-02-28T24:00:00', 'March 1, 2026 at 12:00 AM'],
  ['clock', '2026-03-01T09:00:00', '3/1/26 9:00 AM'],
  ['icu', '2026-03-01 23:30', 'March 1, 2026 Mar 1, 2026'],
  ['tokyo', '2026-03-01T09:00:00Z', 'March 1, 2026 at 6:00 PM'],
  ['tokyo', '2026-03-01T09:00:00+09:00', 'March 1, 2026 at 9:00 AM'],
  ['tokyo', '2026-03-01 09:00:00.5+09', 'March 1, 2026 at 9:00 AM'],
  ['tokyo', '2026-03-01 00:00:00 UTC', 'March 1, 2026 at 9:00 AM'],
  ['tokyo', '2026-02-28T17:00:00-0700', 'March 1, 2026 at 9:00 AM'],
  ['tokyo', '2026-03-01T01:00:00+01:00[Europe/Paris]', 'March 1, 2026 at 9:00 AM'],
  ['tokyo', Date.UTC(2026, 2, 1), 'March 1, 2026 at 9:00 AM'],
];

/** What differs from zone to zone. */
const THERE: ReadonlyArray<readonly [zone: string, ...Row]> = [
  ['America/New_York', 'stamp', '2026-03-01T00:00:00Z', 'February 28, 2026 at 7:00 PM'],
  ['America/New_York', 'tokyo', '2026-03-01T09:00:00', 'March 1, 2026 at 11:00 PM'],
  // Clocks are put forward from 2:00 to 3:00, and back from 2:00 to 1:00.
  ['America/New_York', 'stamp', '2026-03-08T02:30:00', 'March 8, 2026 at 3:30 AM'],
  ['America/New_York', 'tokyo', '2026-11-01T01:30:00', 'November 1, 2026 at 2:30 PM'],
  ['America/New_York', 'tokyo', '2026-11-01T02:30:00', 'November 1, 2026 at 4:30 PM'],
  ['Australia/Lord_Howe', 'tokyo', '2026-04-05T01:45:00', 'April 4, 2026 at 11:45 PM'],
  // Midnight is left out.
  ['Africa/Cairo', 'helper', '2026-04-24T00:00:00', 'April 24, 2026'],
  ['Pacific/Apia', 'helper', '2011-12-30T12:00:00', 'December 31, 2011'],
  ['UTC', 'away', '2026-03-09', 'today'],
  ['UTC', 'away', '2026-03-10', 'tomorrow'],
  ['America/New_York', 'away', '2026-03-08', 'yesterday'],
  ['Pacific/Kiritimati', 'away', '2026-03-09', 'yesterday'],
  ['Pacific/Kiritimati', 'away', '2026-03-10', 'today'],
  ['UTC', 'away', '2026-05-09', 'in 2 months'],
  ['America/New_York', 'away', '2026-03-09T20:00:00', 'in 2 hours'],
];

const CASES = [...EVERYWHERE.flatMap((row) => ZONES.map((zone) => [zone, ...row] as const)), ...THERE].map(
  ([timeZone, template, at, expected]) => ({ timeZone, template, at, expected }),
);

const run = promisify(execFile);

// The zone of a server is set when its process starts, so each has one of its own.
test.each(ZONES)('dates in text do not depend on the zone of the server: %s', async (TZ) => {
  const requests = CASES.map(({ at, template, timeZone }) => ({
    template,
    timeZone,
    date: NOW,
    context: { at },
  }));
  const script = join(__dirname, 'rendering-process.mjs');
  const args = [script, COMPILED, await folder(FILES), JSON.stringify(requests)];
  const { stdout } = await run(process.execPath, args, { env: { ...process.env, TZ } });
  const texts: unknown = JSON.parse(stdout.replaceAll('\u202f', ' '));
  const lines = CASES.map(
    ({ timeZone, template, at }, index) =>
      `${template} ${at} in ${timeZone}: ${Array.isArray(texts) ? texts[index] : ''}`,
  );
  expect(lines).toEqual(
    CASES.map(({ timeZone, template, at, expected }) => `${template} ${at} in ${timeZone}: ${expected}`),
  );
});

test('in hours, a date without a time begins at midnight in the zone of the mail', async () => {
  const renderer = await loaded({ 'page.text.hbs': '{{formatRelativeTime at "hour"}}' });
  const request = { timeZone: 'America/New_York', date: new Date(NOW) };
  expect(await renderOf(renderer, 'page', { at: '2026-03-10' }, request)).toEqual({ text: 'in 6 hours' });
});

test.each([
  '2026-02-30',
  '2026-04-31T09:00:00',
  '2026-13-01',
  '2026-00-10',
  '2026-03-01T25:00:00',
  '2026-03-01T09:60',
  '2026-03-01T09:00:00+24:00',
  '2026-03-01T09:00:00+01:99',
  '2026-03T09:00:00',
  '2026-03-01 (a Sunday)',
  '2026-03-01T09:00:00[Europe/Paris]',
  '2026-3-1',
  '20260301',
  'tomorrow',
  '',
])('%j is not a date, even if the runtime accepts it', async (at) => {
  const error = await failure(html('{{formatDate at "long"}}', { at }));
  expect(error).toMatchObject({ code: 'context-invalid', at: { line: 1, column: 1 } });
  expect(error.message).toContain('expected a Date, milliseconds or an ISO 8601 string');
});
