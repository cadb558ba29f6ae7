import { MailInboxModule, type MailInboxOptions } from 'nest-mailroom/inbox';
import { INBOX_OPTION_NAMES, resolveInboxOptions } from '../../src/inbox/inbox.options.js';
import { cleanup } from '../support/application.js';
import { documentText } from '../support/documents.js';
import { bare, tableAfter } from '../support/markdown.js';
import { startInbox } from './support/inbox-application.js';

afterEach(cleanup);

const SURROUNDINGS = { nodeEnv: 'development', workingDir: '/work', entryDir: '/work/dist' };

test('the options of its chapter are those there are', () => {
  const chapter = documentText('docs/inbox.md');
  const names = tableAfter(chapter, '<!-- inbox options -->').map(([name]) => bare(name).split('.')[0]);
  expect([...new Set(names)]).toEqual(INBOX_OPTION_NAMES);
});

test('defaults', () => {
  expect(resolveInboxOptions({}, SURROUNDINGS)).toEqual({
    path: 'mail',
    guard: undefined,
    hosts: [],
    dir: '/work/.mail/inbox',
    isTemporary: false,
    keep: 500,
    smtp: undefined,
    watch: true,
    release: { allow: [] },
    environment: 'development',
  });
});

test.each<[object, RegExp]>([
  [{ keep: 0 }, /keep: expected a whole number from 1 to 10000, got 0/],
  [{ hosts: 'a.test' }, /hosts: expected an array of strings/],
  [{ watch: 'yes' }, /watch: expected true or false/],
  [{ dir: '' }, /dir: expected a folder/],
  [{ release: { allow: '*' } }, /release\.allow: expected an array of strings/],
  [{ paht: 'x' }, /paht: expected no such option, got one\. Did you mean "path"\?/],
])('refuses %j', (options: MailInboxOptions, message) => {
  expect(() => resolveInboxOptions(options, SURROUNDINGS)).toThrow(message);
});

test.each(['', '/', '../up', 'a//b', 'a?b', ':id', 7])('refuses the path %j', (path) => {
  const options: object = { path };
  expect(() => MailInboxModule.forRoot(options)).toThrow(/path: expected a path such as 'mail'/);
});

test('is there once', async () => {
  await expect(startInbox({ imports: [MailInboxModule.forRoot({ path: 'other' })] })).rejects.toThrow(
    /imported twice in one application/,
  );
});
