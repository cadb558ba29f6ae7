import type { SendMailOptions, SentMessageInfo, Transporter } from 'nodemailer';
import { SmtpAttempt, wireEnvelope } from './smtp-attempt.js';

/** Sends finished bytes by a nodemailer transporter. */
export interface Carrier {
  /** @param fields the fields that a plugin reads besides bytes and envelope @throws nodemailer's error */
  send(outgoing: SmtpAttempt, fields: SendMailOptions): Promise<SentMessageInfo>;
}

/**
 * Makes nodemailer send the bytes and the envelope of an attempt instead of composing its own. Mails of other callers of the
 * same transporter pass unchanged.
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
