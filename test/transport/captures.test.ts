import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { MailModule, MailOutbox, MailService, MemoryTransport } from 'nest-mailroom';
import { MailroomView } from '../../src/inbox/mailroom-view.js';
import { DelegatingTransport } from '../../src/transport/delegating.transport.js';
import { FaultInjectingTransport } from '../../src/transport/fault-injecting.transport.js';
import { boot, cleanup } from '../support/application.js';
import { KeepingTransport } from '../support/keeping-transport.js';

afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

class CapturingTransport extends KeepingTransport {
  readonly captures = true;
}

@Module({
  providers: [CapturingTransport, KeepingTransport],
  exports: [CapturingTransport, KeepingTransport],
})
class TransportModule {}

describe.each([
  { transport: new CapturingTransport(), captures: true, verified: 0 },
  { transport: CapturingTransport, captures: true, verified: 0 },
  { transport: new KeepingTransport(), captures: false, verified: 1 },
  { transport: KeepingTransport, captures: false, verified: 1 },
])('a transport of the application: %j', ({ transport, captures, verified }) => {
  test('is verified at boot, and shown as sending, unless it captures', async () => {
    const verify = jest.spyOn(KeepingTransport.prototype, 'verify');
    const app = await boot([TransportModule, MailModule.forRoot({ from: 'app@from.test', transport })]);
    await app.get(MailService).send({ to: 'ada@to.test', subject: 'Hello', text: 'Hello' });
    expect(verify).toHaveBeenCalledTimes(verified);
    expect(new MailroomView(app.get(ModulesContainer)).captures('default')).toBe(captures);
  });
});

test('a capturing transport needs no rate of an account', async () => {
  await boot([
    MailModule.forRoot({ from: 'app@from.test', transport: new CapturingTransport(), rateLimit: 'account' }),
  ]);
});

test('a wrapped transport captures as the inner one does', () => {
  const memory = new MemoryTransport(new MailOutbox());
  for (const [inner, captures] of [
    [memory, true],
    [new KeepingTransport(), undefined],
  ] as const) {
    expect(new FaultInjectingTransport(inner, () => undefined).captures).toBe(captures);
    expect(new DelegatingTransport(() => inner).captures).toBe(captures);
  }
});
