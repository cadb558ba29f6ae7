import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { MailModule, MailOutbox, MailService, type TemplateOptions } from 'nest-mailroom';

class User {
  constructor(readonly first: string) {}

  get greeting(): string {
    return `Hello ${this.first}`;
  }
}

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'getters-'));
  await writeFile(join(dir, 'hello.hbs'), '---\nsubject: "{{user.greeting}}"\n---\n<p>{{user.greeting}}</p>');
});
afterAll(() => rm(dir, { recursive: true }));

const boot = (readGetters: TemplateOptions['readGetters']) =>
  Test.createTestingModule({
    imports: [
      MailModule.forRoot({
        from: 'a@x.test',
        transport: 'memory:',
        queue: { driver: 'off' },
        templates: { dir, readGetters },
      }),
    ],
  }).compile();

const hello = () => ({ to: 'b@x.test', template: 'hello', context: { user: new User('Ada') } });

test('templates.readGetters names the classes whose getters templates read', async () => {
  const module = await boot([User]);
  await module.get(MailService).send(hello());
  expect(module.get(MailOutbox).messages[0]).toMatchObject({
    subject: 'Hello Ada',
    html: '<p>Hello Ada</p>',
  });
  await module.close();
});

test('without it, the error names class and option', async () => {
  const module = await boot(undefined);
  await expect(module.get(MailService).send(hello())).rejects.toMatchObject({
    code: 'context-invalid',
    message: expect.stringContaining(
      'a getter of class User, which is not read: add User to templates.readGetters',
    ),
  });
  await module.close();
});

test.each<[unknown, string]>([
  ['User', 'templates.readGetters: expected an array, got "User"'],
  [['User'], 'templates.readGetters[0]: expected a class of your own or of a library, got "User"'],
  [
    [User, new User('Ada')],
    'templates.readGetters[1]: expected a class of your own or of a library, got an object',
  ],
  [[Object], 'got the class or function Object'],
  [[Array], 'got the class or function Array'],
  [[() => 1], 'templates.readGetters[0]: expected a class'],
  [[undefined], 'got nothing'],
])('readGetters %p is refused at boot', async (readGetters, said) => {
  await expect(boot(readGetters as never)).rejects.toThrow(said);
});
