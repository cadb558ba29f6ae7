import MailComposer from 'nodemailer/lib/mail-composer';
import type { RenderedMessage } from '../../src/message/message.js';
import { composeMime } from '../../src/mime/compose-mime.js';
import { mimeFields } from '../../src/mime/mime-fields.js';
import { renderedMessage } from '../message.js';
import type { Suite } from '../rounds.js';
import type { Work } from '../task.js';

const SHAPES = ['html and text', 'with an attachment', 'with an inline image'] as const;
type Shape = (typeof SHAPES)[number];

const BYTES = Buffer.alloc(20_000, 'PDF and other bytes \u0000\u00ff');

async function messageOf(shape: Shape): Promise<RenderedMessage> {
  const message = await renderedMessage();
  const part = { content: BYTES, headers: {} };
  if (shape === 'html and text') return message;
  const attachment =
    shape === 'with an attachment'
      ? ({ ...part, filename: 'a.pdf', contentType: 'application/pdf', disposition: 'attachment' } as const)
      : ({ ...part, cid: 'logo', contentType: 'image/png', disposition: 'inline' } as const);
  return { ...message, attachments: [attachment] };
}

async function composing(
  shape: Shape,
  compose: (message: RenderedMessage) => Promise<Buffer>,
): Promise<Work> {
  const message = await messageOf(shape);
  return {
    async run(count) {
      let done = 0;
      for (let index = 0; index < count; index++) if ((await compose(message)).length > 0) done++;
      return done;
    },
  };
}

const byMailComposer = (message: RenderedMessage): Promise<Buffer> =>
  new MailComposer(mimeFields(message)).compile().build();

export const compose: Suite = {
  title: 'Compose: a mail of 3 KB html and text as MIME',
  candidates: new Map(
    SHAPES.flatMap((shape): Array<[string, () => Promise<Work>]> => [
      [`ours, ${shape}`, () => composing(shape, composeMime)],
      [`MailComposer, ${shape}`, () => composing(shape, byMailComposer)],
    ]),
  ),
  against: new Map(SHAPES.map((shape) => [`MailComposer, ${shape}`, [`ours, ${shape}`]])),
  batch: () => 100,
};
