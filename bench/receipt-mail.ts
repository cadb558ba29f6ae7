import type { Mail } from '../src/message/mail.js';
import { receiptContext } from './receipt.js';

export const FROM = 'Harbour Supplies <shop@example.test>';

export const recipient = (index: number): string => `Ada Lovelace <ada${index}@example.test>`;

/** The receipt, as its sender writes it. */
export const mailOf = (index: number): Mail => ({
  to: recipient(index),
  template: 'receipt',
  context: receiptContext(index),
});
