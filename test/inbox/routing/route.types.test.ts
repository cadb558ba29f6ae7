import { typeErrors } from '../../support/type-check.js';

// The compiler reads the declarations of Nest and Node first, which takes long on a loaded machine.
jest.setTimeout(120_000);

const IMPORTS = `
import { list, oneOf, record, string, time } from '../../src/inbox/api/schema.js';
import { Get } from '../../src/inbox/routing/inbox-controller.js';
const answer = list(record({ id: string(), state: oneOf(['sent', 'dead']), 'dueAt?': time() }));
`;
const handler = (returned: string): string => `${IMPORTS}
export class Controller {
  @Get('', { summary: 'All', answer })
  all() { return ${returned}; }
}`;

const RIGHT = {
  'all of it': `[{ id: '1', state: 'sent' as const, dueAt: '2026-01-01T00:00:00.000Z' }]`,
  'without what may be absent, later': `Promise.resolve([{ id: '1', state: 'dead' as const, dueAt: undefined }])`,
};
const WRONG = {
  'a field is missing': `[{ state: 'sent' as const }]`,
  'a value is not in the enum': `[{ id: '1', state: 'lost' as const }]`,
  'a Date, which JSON does not have': `[{ id: '1', state: 'sent' as const, dueAt: new Date() }]`,
  nothing: 'undefined',
};

test('a handler must return the type that its route describes', () => {
  const cases = { ...RIGHT, ...WRONG };
  const sources = Object.values(cases).map((returned, index) => [`${index}.ts`, handler(returned)] as const);
  const errors = typeErrors(Object.fromEntries(sources));
  const refused = Object.keys(cases).filter((_, index) => errors.some(({ file }) => file === `${index}.ts`));
  expect(refused).toEqual(Object.keys(WRONG));
});
