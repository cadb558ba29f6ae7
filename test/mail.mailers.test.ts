import { Inject, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { getMailerToken, InjectMailer, MailModule, MailService } from 'nest-mailroom';

const root = () =>
  MailModule.forRoot({
    from: 'a@x.test',
    transport: 'memory:',
    queue: { driver: 'off' },
    mailers: { marketing: { from: 'news@x.test' } },
  });

const boot = (provider: new (...dependencies: never[]) => unknown) =>
  Test.createTestingModule({ imports: [root()], providers: [provider] }).compile();

const GUESS = `There is no mailer 'markting'. Did you mean "marketing"? Known: default, marketing.`;

describe('a misspelt mailer is guessed', () => {
  test('by @InjectMailer', async () => {
    @Injectable()
    class News {
      constructor(@InjectMailer('markting') readonly mail: MailService) {}
    }
    await expect(boot(News)).rejects.toThrow(GUESS);
  });

  test('by its token', async () => {
    @Injectable()
    class News {
      constructor(@Inject(getMailerToken('markting')) readonly mail: MailService) {}
    }
    await expect(boot(News)).rejects.toThrow(GUESS);
  });

  test('by name', async () => {
    const module = await Test.createTestingModule({ imports: [root()] }).compile();
    expect(() => module.get(MailService).mailer('markting')).toThrow(GUESS);
    await module.close();
  });
});
