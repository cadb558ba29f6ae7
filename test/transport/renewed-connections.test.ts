import type { SentMessageInfo } from 'nodemailer';
import { SmtpAttempt } from '../../src/transport/smtp-attempt.js';
import type { Connections } from '../../src/transport/smtp/connections.js';
import { RenewedConnections } from '../../src/transport/smtp/renewed-connections.js';

/** Connections whose mails end when the test says so. */
class HeldConnections implements Connections {
  readonly sends: Array<{ readonly accept: () => void; readonly fail: () => void }> = [];
  isClosed = false;

  send(): Promise<SentMessageInfo> {
    return new Promise((resolve, reject) => {
      const info = { messageId: '', envelope: { from: '', to: [] } };
      this.sends.push({ accept: () => resolve(info), fail: () => reject(new Error('spoilt')) });
    });
  }

  close(): void {
    this.isClosed = true;
  }
}

function renewed() {
  const made: HeldConnections[] = [];
  const open = (): HeldConnections => {
    const held = new HeldConnections();
    made.push(held);
    return held;
  };
  const connections = new RenewedConnections(open, () => true);
  const send = (): Promise<SentMessageInfo> =>
    connections.send(new SmtpAttempt(Buffer.alloc(0), { from: '', to: [] }), {});
  return { made, connections, send };
}

test('a spoilt session gives the next mail a new one; mails under way finish on the old one', async () => {
  const { made, send } = renewed();
  const [failing, alsoFailing, lasting] = [send(), send(), send()];
  made[0]?.sends[0]?.fail();
  await expect(failing).rejects.toThrow('spoilt');
  made[0]?.sends[1]?.fail();
  await expect(alsoFailing).rejects.toThrow('spoilt');
  expect(made.map(({ isClosed }) => isClosed)).toEqual([false, false]);
  const next = send();
  made[1]?.sends[0]?.accept();
  made[0]?.sends[2]?.accept();
  await Promise.all([lasting, next]);
  expect(made.map(({ isClosed }) => isClosed)).toEqual([true, false]);
});

test('closing closes the old ones too', async () => {
  const { made, connections, send } = renewed();
  const [failing] = [send(), send()];
  made[0]?.sends[0]?.fail();
  await expect(failing).rejects.toThrow('spoilt');
  connections.close();
  expect(made.map(({ isClosed }) => isClosed)).toEqual([true, true]);
});
