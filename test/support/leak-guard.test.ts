import { AsyncLocalStorage } from 'node:async_hooks';
import { AsyncContexts } from './leak-guard.js';

test.each([
  ['run', (context: AsyncLocalStorage<string>) => context.run('outer', () => undefined)],
  ['enterWith', (context: AsyncLocalStorage<string>) => context.enterWith('outer')],
])('a context that was entered by %s is left behind by no suite', (_, enter) => {
  const { run, enterWith } = AsyncLocalStorage.prototype;
  const contexts = new AsyncContexts();
  contexts.watch();
  const context = new AsyncLocalStorage<string>();
  const disable = jest.spyOn(context, 'disable');
  enter(context);
  contexts.disable();
  expect(context.getStore()).toBeUndefined();
  expect(disable).toHaveBeenCalledTimes(1);
  expect(AsyncLocalStorage.prototype).toMatchObject({ run, enterWith });
});
