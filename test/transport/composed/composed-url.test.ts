import { ConfigReport } from '../../../src/errors/config-report.js';
import { ses } from '../../../src/ses/index.js';
import { parseComposedUrl } from '../../../src/transport/composed/composed-url.js';
import { MailOutbox } from '../../../src/transport/memory/outbox.js';
import { createTransport } from '../../../src/transport/transport-url.js';
import { Seeded } from '../../support/seeded.js';

const logger = { log() {}, debug() {} };

function made(url: string) {
  const report = new ConfigReport();
  const resources = { outbox: new MailOutbox(), logger, extensions: [ses()] };
  const transport = createTransport(url, resources, report, 'MAIL_URL');
  return { transport, lines: report.problems.map((problem) => report.line(problem)) };
}

test.each([
  [
    'failover(smtp://a.example.test ses://eu-west-1)',
    'failover(smtp ses)',
    ['smtp://a.example.test:587', 'ses://email.eu-west-1.amazonaws.com'],
  ],
  [
    '  Failover (\n  smtp://a.example.test\n  sendgrid://SG.key@default\n)  ',
    'failover(smtp sendgrid)',
    ['smtp://a.example.test:587', 'sendgrid://api.sendgrid.com'],
  ],
  [
    'roundrobin(smtp://a.example.test smtps://b.example.test)',
    'roundrobin(smtp smtp)',
    ['smtp://a.example.test:587', 'smtp://b.example.test:465'],
  ],
  [
    'failover(main=sendgrid://SG.one@default spare=sendgrid://SG.two@default)',
    'failover(main spare)',
    ['main', 'spare'],
  ],
  [
    'failover(roundrobin(smtp://a.example.test smtp://b.example.test) retry(smtp://[::1]:2525) pair=failover(memory: log:))',
    'failover(roundrobin(smtp smtp) retry(smtp) pair)',
    ['smtp://a.example.test:587', 'smtp://b.example.test:587', 'smtp://::1:2525', 'memory', 'log'],
  ],
  ['failover(smtp://u:p%28%29%20w@a.example.test)', 'failover(smtp)', ['smtp://a.example.test:587']],
])('%s', async (url, name, members) => {
  const { transport, lines } = made(url);
  expect(lines).toEqual([]);
  expect(transport?.name).toBe(name);
  expect(transport?.members).toEqual(members);
  await transport?.close();
});

const SECRET = 'hunter2';

/** A wrong URL → the position that is named, and the text around it. */
test.each([
  [`failover()`, 11, 'members in failover(…)'],
  [`failover( )`, 12, 'members in failover(…)'],
  [`failover(smtp://u:${SECRET}@a.test`, 33, ') at the end of failover('],
  [`failover(smtp://u:${SECRET}@a.test))`, 34, 'nothing after the last )'],
  [`failover(smtp://a.test) smtp://u:${SECRET}@b.test`, 25, 'nothing after the last )'],
  [`failover(smtp://u:${SECRET}@a.test, ses://eu-west-1)`, 33, 'a space between members, got ,'],
  [`failover(smtp://u:${SECRET}(x)@a.test)`, 26, 'a space, or ) after the last member, got ('],
  [`failover(smtp://u:${SECRET})x@a.test)`, 27, 'nothing after the last )'],
  [`failover(smtp://u:pa ${SECRET}(x)@a.test)`, 22, 'failover, roundrobin, retry before (, got another word'],
  [`failover(smtp://u:pa ${SECRET}@a.test)`, 22, 'a URL, or failover(…)'],
  [`falover(smtp://u:${SECRET}@a.test)`, 1, 'Did you mean "failover"?'],
  [`round-robin(smtp://u:${SECRET}@a.test)`, 1, 'Did you mean "roundrobin"?'],
  [`failover(a.example.test)`, 10, 'a URL, or failover(…)'],
  [`failover(main=)`, 15, 'a URL, or failover(…)'],
  [`retry(smtp://a.test smtp://u:${SECRET}@b.test)`, 21, 'one member in retry(…), got another'],
  [`${'failover('.repeat(9)}smtp://u:${SECRET}@a.test${')'.repeat(9)}`, 73 + 8, 'at most 8 parentheses'],
  [`failover(${'smtp://a.test '.repeat(1_000)})`, 1, 'at most 10000 characters'],
])('%s is refused at position %d', (url, position, says) => {
  const { transport, lines } = made(url);
  expect(transport).toBeUndefined();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^MAIL_URL: expected /);
  expect(lines[0]).toContain(says);
  expect(lines[0]).toContain(`at position ${position}`);
  expect(lines[0]).not.toContain(SECRET);
});

test('faults of members are all told, with their place', () => {
  const { lines } = made(
    `failover(smtp://a.test?tls=of roundrobin(sengrid://${SECRET}@default pigeon://x) sendgrid://${SECRET}@eu)`,
  );
  expect(lines.map((line) => line.split(':')[0])).toEqual([
    expect.stringContaining('MAIL_URL, member 1 of failover'),
    'MAIL_URL, member 2 of failover, member 1 of roundrobin',
    'MAIL_URL, member 2 of failover, member 2 of roundrobin',
    'MAIL_URL, member 3 of failover',
  ]);
  expect(lines.join()).not.toContain(SECRET);
});

test('two members of the same host need names', () => {
  const { transport, lines } = made(`failover(sendgrid://SG.${SECRET}@default sendgrid://SG.2@default)`);
  expect(transport).toBeUndefined();
  expect(lines).toEqual([
    'MAIL_URL: expected members with names of their own, got "sendgrid://api.sendgrid.com" twice. ' +
      "Name them, such as { name: 'main', transport: … } in code or main=smtp://… in a URL.",
  ]);
});

test('no text at all makes the parser throw or run away', () => {
  const seeded = new Seeded(18);
  const pieces = [
    'failover(',
    'retry (',
    'roundrobin(',
    ')',
    ' ',
    '(',
    'a=',
    'smtp://a.test',
    ',',
    '=',
    '\n',
    'x',
  ] as const;
  for (let round = 0; round < 5_000; round += 1) {
    const text = seeded.list(seeded.below(30), () => seeded.pick(pieces)).join('');
    const node = parseComposedUrl(text);
    if ('position' in node) expect(node.position).toBeLessThanOrEqual(text.length + 1);
  }
});
