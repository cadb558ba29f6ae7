import { Test } from '@nestjs/testing';
import {
  MAIL_TRANSPORT,
  MailOutbox,
  type Receipt,
  type RenderedMessage,
  type Transport,
} from 'nest-mailroom';
import { mailMatchers, MailTestingModule } from 'nest-mailroom/testing';
import { AppModule } from './app.module';
import { Signup } from './signup';

expect.extend(mailMatchers);

class RecordingTransport implements Transport {
  readonly name = 'recording';
  readonly subjects: string[] = [];

  async send(message: RenderedMessage): Promise<Receipt> {
    this.subjects.push(message.subject);
    return {
      messageId: message.messageId,
      transport: this.name,
      accepted: [...message.envelope.to],
      rejected: [],
      durationMs: 0,
    };
  }
  async verify(): Promise<void> {}
  async close(): Promise<void> {}
}

describe('signup', () => {
  it('leaves a welcome mail in the outbox', async () => {
    const app = await Test.createTestingModule({ imports: [AppModule] }).compile();
    await app.init();
    await app.get(Signup).welcome('ada@example.test');
    expect(app.get(MailOutbox)).toHaveSentMail({ to: 'ada@example.test', subject: 'Welcome' });
    await app.close();
  });

  it('stands in for the mail module in a test of a part', async () => {
    const app = await Test.createTestingModule({
      imports: [MailTestingModule.forRoot()],
      providers: [Signup],
    }).compile();
    const mails = await app.get(MailOutbox).record(() => app.get(Signup).welcome('bob@example.test'));
    expect(mails).toHaveSentMailTimes(1, { to: 'bob@example.test' });
    expect(() => expect(mails).toHaveSentNoMail()).toThrow('but 1 was');
    await app.close();
  });

  it('sends through the transport it is given', async () => {
    const transport = new RecordingTransport();
    const app = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(MAIL_TRANSPORT)
      .useValue(transport)
      .compile();
    await app.init();
    const receipt = await app.get(Signup).welcome('ada@example.test');
    expect(transport.subjects).toEqual(['Welcome']);
    expect(receipt).toMatchObject({ transport: 'recording', accepted: ['ada@example.test'] });
    await app.close();
  });
});
