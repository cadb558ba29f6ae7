import { domainToASCII } from 'node:url';
import type { SendMailOptions } from 'nodemailer';
import type { RenderedMessage } from '../../message/message.js';
import { mimeFields } from '../../mime/mime-fields.js';

/** The fields for plugins that do not send bytes. They include Bcc, or those recipients would be lost. */
export function pluginFields(message: RenderedMessage): SendMailOptions {
  const { to, cc, envelope } = message;
  const named = new Set([...to, ...cc].map(({ address }) => wireForm(address)));
  const bcc = envelope.to.filter((address) => !named.has(wireForm(address)));
  return {
    ...mimeFields(message),
    ...(bcc.length > 0 && { bcc: bcc.map((address) => ({ name: '', address })) }),
  };
}

function wireForm(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`;
}
