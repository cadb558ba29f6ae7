import type { SendMailOptions, SentMessageInfo, Transporter } from 'nodemailer';
import { SmtpAttempt, wireEnvelope } from './smtp-attempt.js';

/** Sends finished bytes by a nodemailer transporter. */
export interface Carrier {
  /** `fields` are those a plugin reads besides bytes and envelope; `signal` aborts. Rejects with nodemailer's error. */
  send(outgoing: SmtpAttempt, fields: SendMailOptions): Promise<SentMessageInfo>;
}

/**
 * Replaces what nodemailer would compose and derive by the bytes and the envelope of an `Outgoing`.
 * Mails that others send by the same transporter pass untouched.
 */
export function carryOutgoing(transporter: Transporter): Carrier {
  transporter.use('stream', (mail, done) => {
    const outgoing = 'outgoing' in mail.data ? mail.data.outgoing : undefined;
    if (outgoing instanceof SmtpAttempt) {
      outgoing.dispatch();
      mail.message.createReadStream = () => outgoing.open();
      mail.message.getEnvelope = () => wireEnvelope(outgoing);
    }
    done();
  });
  return {
    send(outgoing, fields) {
      const { from, to } = outgoing.envelope;
      const mail = {
        ...fields,
        outgoing,
        envelope: { from, to: [...to] },
        disableFileAccess: true,
        disableUrlAccess: true,
      };
      return transporter.sendMail({ ...mail, maxRecipients: 0 });
    },
  };
}
