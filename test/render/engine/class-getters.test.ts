import { model, Schema } from 'mongoose';
import type { ClassWithGetters } from '../../../src/render/engine/class-getters.js';
import { failure, loaded, renderOf } from '../templates.js';

async function page(
  source: string,
  context: object,
  readGetters: readonly ClassWithGetters[] = [],
): Promise<string | undefined> {
  const renderer = await loaded({ 'page.hbs': source }, { readGetters });
  return (await renderOf(renderer, 'page', context)).html;
}

class Person {
  first = 'Ada';
  last = 'Lovelace';
  readonly #secret = 'hunter22';

  get fullName(): string {
    return `${this.first} ${this.last}`;
  }

  get secret(): string {
    return this.#secret;
  }

  get friend(): Person | undefined {
    return undefined;
  }

  get posts(): Promise<readonly string[]> {
    return Promise.resolve(['one']);
  }

  get broken(): string {
    throw new Error('relation is not loaded');
  }

  greet(): string {
    throw new Error('a method was called');
  }
}

class Admin extends Person {
  get role(): string {
    return 'admin';
  }
}

class Shy extends Person {
  override get fullName(): string {
    return 'nobody';
  }
}

/** A class that nothing but a factory makes, as some ORMs have them. */
class Money {
  private constructor(readonly cents: number) {}

  static of(cents: number): Money {
    return new Money(cents);
  }

  get amount(): number {
    return this.cents / 100;
  }
}

describe('getters of a class in readGetters', () => {
  test.each<[string, string, object, string]>([
    ['are printed', '{{user.fullName}}', { user: new Person() }, 'Ada Lovelace'],
    ['reach private fields', '{{user.secret}}', { user: new Person() }, 'hunter22'],
    ['are read from the root', '{{fullName}} {{@root.fullName}}', new Person(), 'Ada Lovelace Ada Lovelace'],
    ['decide', '{{#if user.fullName}}yes{{/if}}', { user: new Person() }, 'yes'],
    [
      'may give nothing to a condition',
      '{{#if user.friend}}yes{{else}}no{{/if}}',
      { user: new Person() },
      'no',
    ],
    ['are arguments', '{{concat user.fullName "!"}}', { user: new Person() }, 'Ada Lovelace!'],
    ['are looked up', '{{lookup user key}}', { user: new Person(), key: 'fullName' }, 'Ada Lovelace'],
    [
      'are read of elements',
      '{{#each users}}{{fullName}},{{/each}}',
      { users: [new Person(), new Admin()] },
      'Ada Lovelace,Ada Lovelace,',
    ],
    [
      'are read of block parameters',
      '{{#each users as |u|}}{{u.fullName}}{{/each}}',
      { users: [new Person()] },
      'Ada Lovelace',
    ],
    ['are read of a with', '{{#with user}}{{fullName}}{{/with}}', { user: new Person() }, 'Ada Lovelace'],
    ['are read of subclasses', '{{user.fullName}}', { user: new Admin() }, 'Ada Lovelace'],
    ['of a private constructor are read', '{{price.amount}}', { price: Money.of(1250) }, '12.5'],
  ])('%s', async (_title, source, context, expected) => {
    expect(await page(source, context, [Person, Money])).toBe(expected);
  });

  test('give way to own properties', async () => {
    const user = Object.defineProperty(new Person(), 'fullName', { value: 'own' });
    expect(await page('{{user.fullName}}', { user }, [Person])).toBe('own');
  });

  test.each<[string, string, object, string]>([
    [
      'of a subclass that is not named',
      '{{user.role}}',
      new Admin(),
      'a getter of class Admin, which is not read: add Admin to templates.readGetters',
    ],
    ['that a subclass overrides', '{{user.fullName}}', new Shy(), 'a getter of class Shy, which is not read'],
    ['that is a method', '{{user.greet}}', new Person(), 'a method of class Person, which is not called'],
    [
      'that throws',
      '{{user.broken}}',
      new Person(),
      'the getter "broken" of Person threw: relation is not loaded',
    ],
    ['that gives a Promise', '{{user.posts}}', new Person(), 'is a Promise: await it'],
    [
      'that gives a Promise to a loop',
      '{{#each user.posts}}x{{/each}}',
      new Person(),
      'is a Promise: await it',
    ],
    [
      'that gives a Promise to a condition',
      '{{#if user.posts}}x{{/if}}',
      new Person(),
      'is a Promise: await it',
    ],
    ['below a Promise', '{{user.posts.length}}', new Person(), 'is a Promise: await it'],
    ['that gives nothing to print', '{{user.friend}}', new Person(), 'is undefined'],
    ['that is not there', '{{user.nope}}', new Person(), 'has no "nope"'],
  ])('but not one %s', async (_title, source, user, said) => {
    const error = await failure(page(source, { user }, [Person]));
    expect(error).toMatchObject({ code: 'context-invalid', at: { template: 'page', line: 1 } });
    expect(error.message).toContain(said);
    expect(error.message).not.toContain('a method was called');
  });
});

describe('no other prototype is read', () => {
  test.each([
    [
      'without a name, class and option are said',
      [],
      'a getter of class Person, which is not read: add Person to templates.readGetters, or pass a plain object',
    ],
    ['with the name of another', [Admin], 'a getter of class Person, which is not read'],
  ])('%s', async (_title, named, said) => {
    expect((await failure(page('{{user.fullName}}', { user: new Person() }, named))).message).toContain(said);
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s cannot be read from a class that declares it',
    async (name) => {
      class Evil {
        own = 1;
      }
      const run = jest.fn(() => 'reached');
      Object.defineProperty(Evil.prototype, name, { get: run });
      const error = await failure(page(`{{user.${name}}}`, { user: new Evil() }, [Evil]));
      expect(error.message).toContain(`has no "${name}"`);
      expect(run).not.toHaveBeenCalled();
    },
  );

  test('no name runs code of a class on the way to an error', async () => {
    const name = jest.fn();
    class Odd {
      get x(): number {
        return 1;
      }
    }
    Object.defineProperty(Odd, 'name', { get: name });
    expect((await failure(page('{{o.x}}', { o: new Odd() }))).message).toContain('a getter of a class');
    expect(name).not.toHaveBeenCalled();
  });
});

test('getters of own properties, as lazy relations have them, are always read', async () => {
  const user = Object.defineProperty(new Person(), 'city', { get: () => 'Ulm' });
  expect(await page('{{user.city}}', { user })).toBe('Ulm');
});

describe('a Mongoose document', () => {
  const schema = new Schema(
    {
      email: String,
      name: { first: String, last: String },
      tags: [String],
      items: [{ title: String }],
      address: new Schema({ city: String }),
    },
    { virtuals: { label: { get: (): string => 'a virtual' } } },
  );
  const User = model('MailroomUser', schema);
  const user = new User({
    email: 'ada@x.test',
    name: { first: 'Ada', last: 'Lovelace' },
    tags: ['a', 'b'],
    items: [{ title: 'Chair' }],
    address: { city: 'Ulm' },
  });

  test('has fields, virtuals, nested fields and lists', async () => {
    const source =
      '{{u.email}} {{u.label}} {{u.name.first}} {{#each u.tags}}{{this}}{{/each}} {{u.tags.length}}';
    expect(await page(source, { u: user }, [User])).toBe('ada@x.test a virtual Ada ab 2');
  });

  test('has subdocuments with the classes of their paths', async () => {
    const nested = [user.items[0], user.address].map(
      (document) => Object(document).constructor as ClassWithGetters,
    );
    const source = '{{#each u.items}}{{title}}{{/each}} {{u.address.city}}';
    expect(await page(source, { u: user }, [User, ...nested])).toBe('Chair Ulm');
    expect((await failure(page(source, { u: user }, [User]))).message).toContain('templates.readGetters');
  });

  test('needs its class', async () => {
    expect((await failure(page('{{u.email}}', { u: user }))).message).toContain('templates.readGetters');
  });

  test('needs no class as a plain object', async () => {
    expect(await page('{{u.email}} {{u.items.[0].title}}', { u: user.toObject() })).toBe('ada@x.test Chair');
  });
});
