import { tmpdir } from 'node:os';
import { runCli } from '../run-cli.js';

test.each([
  [[], 'expected an action: ls, show, retry, cancel, stats'],
  [['lst'], 'There is no action "lst". Did you mean "ls"?'],
  [['ls', '--state', 'ded'], 'got "ded". Did you mean "dead"?'],
  [['ls', '--before', 'soon'], '--before: expected a date'],
  [['ls', '--limit', '0'], '--limit: expected a whole number from 1'],
  [['ls', '5'], 'Unexpected argument'],
  [['show'], 'show: expected the id of one mail'],
  [['show', '1', '2'], 'show: expected the id of one mail'],
  [['stats', '--state', 'dead'], "Unknown option '--state'"],
])('%j makes no sense', async (args, message) => {
  const { code, out, err } = await runCli(tmpdir(), 'queue', ...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(message);
  expect(err).toContain('Usage: nest-mailroom queue <action>');
});

test('--help tells everything', async () => {
  for (const args of [['--help'], ['retry', '--help']]) {
    const { code, out } = await runCli(tmpdir(), 'queue', ...args);
    expect([code, out]).toEqual([0, expect.stringMatching(/^Usage: nest-mailroom queue <action>/)]);
  }
});
