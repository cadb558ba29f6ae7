import { join } from 'node:path';
import { sourcePath } from '../../../src/inbox/gallery/source-path.js';
import { cleanup, folder } from '../../support/application.js';

afterEach(cleanup);

test.each([
  ['dist/templates/a.hbs', 'src/templates/a.hbs'],
  ['dist/src/templates/a.hbs', 'src/templates/a.hbs'],
  ['dist/apps/shop/templates/a.hbs', 'apps/shop/src/templates/a.hbs'],
  ['dist/apps/shop/src/templates/a.hbs', 'apps/shop/src/templates/a.hbs'],
  ['apps/shop/dist/templates/a.hbs', 'apps/shop/src/templates/a.hbs'],
  ['build/templates/a.hbs', 'src/templates/a.hbs'],
  ['dist/templates/a.hbs', 'templates/a.hbs'],
])('%s is named %s, its original', async (copy, source) => {
  const dir = await folder({ [copy]: 'x', [source]: 'x' });
  expect(sourcePath(join(dir, copy), dir)).toBe(source);
  expect(sourcePath(join(dir, source), dir)).toBe(source);
});

test('a copy without an original keeps its name', async () => {
  const dir = await folder({ 'dist/templates/a.hbs': 'x' });
  expect(sourcePath(join(dir, 'dist/templates/a.hbs'), dir)).toBe('dist/templates/a.hbs');
});
