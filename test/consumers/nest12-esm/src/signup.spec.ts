import { Test } from '@nestjs/testing';
import {
  MAIL_TRANSPORT,
  MailOutbox,
  type Receipt,
  type RenderedMessage,
  type Transport,
} from 'nest-mailroom';
import { AppModule } from './app.module.js';
import { Signup } from './signup.js';

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
    expect(app.get(MailOutbox).last()?.subject).toBe('Welcome');
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
