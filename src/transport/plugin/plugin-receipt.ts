import type { SentMessageInfo } from 'nodemailer';
import { MailError } from '../../errors/mail-error.js';
import type { Rejection } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { classifyRejection } from '../smtp/classify.js';
import { readable, shown } from '../remote-text.js';

/** Hides secrets that the other side may have quoted. */
type Conceal = (text: string) => string;

/**
 * Reads a plugin's answer; many return only their own id.
 * @throws {MailError} `recipients-rejected` if it accepted no recipient
 */
export function pluginReceipt(
  { messageId, envelope }: RenderedMessage,
  info: Partial<SentMessageInfo> | undefined,
  transport: string,
  durationMs: number,
  conceal: Conceal = (text) => text,
): Receipt {
  const rejected = readRejections(info, conceal);
  const refused = new Set(rejected.map(({ address }) => address));
  const accepted = envelope.to.filter((address) => !refused.has(address));
  if (accepted.length === 0) {
    const retryable = rejected.some((rejection) => rejection.retryable);
    throw new MailError('recipients-rejected', `${transport} refused every recipient`, {
      retryable,
      rejected,
    });
  }
  const { response, messageId: id } = info ?? {};
  return {
    messageId,
    transport,
    accepted,
    rejected,
    ...(typeof response === 'string' && { response: shown(readable(response), conceal) }),
    ...(typeof id === 'string' && id !== messageId && { providerId: id }),
    durationMs,
  };
}

function readRejections(info: Partial<SentMessageInfo> | undefined, conceal: Conceal): Rejection[] {
  const errors: unknown = info?.['rejectedErrors'];
  if (Array.isArray(errors)) return errors.map((error) => classifyRejection(error, conceal));
  return (info?.rejected ?? []).map((address) => ({
    address,
    code: 'recipients-rejected',
    retryable: false,
  }));
}
