import { MailError } from '../mail.errors.js';
import { parseSubject } from '../message/subject.js';
import type { Message, RenderedMessage, TemplateBody } from '../message/message.js';
import type { RenderedBody, Renderer } from './renderer.js';

/**
 * A message with its final subject and bodies: literal ones as they are, a template's rendered.
 * @throws {MailError} `template-not-found`, `context-invalid`; `message-invalid` for a subject that is none
 */
export async function renderMessage(message: Message, renderer: Renderer): Promise<RenderedMessage> {
  const { body, timeZone: _timeZone, ...fields } = message;
  if (!('template' in body)) return { ...fields, ...body, subject: body.subject ?? '' };
  const { html, text, ...rendered } = await renderTemplate(message, body, renderer);
  return {
    ...fields,
    subject: parseSubject(subjectOf(body, rendered, message.locale), 'subject'),
    ...(html !== undefined && { html }),
    ...(text !== undefined && { text }),
    template: body.template,
  };
}

function renderTemplate(message: Message, body: TemplateBody, renderer: Renderer): Promise<RenderedBody> {
  const { locale, timeZone, date } = message;
  return renderer.render({
    template: body.template,
    context: body.context,
    timeZone,
    date,
    ...(locale !== undefined && { locale }),
  });
}

function subjectOf(body: TemplateBody, rendered: RenderedBody, locale: string | undefined): string {
  const subject = body.subject ?? rendered.subject;
  if (subject !== undefined) return subject;
  const variant = locale === undefined ? '' : ` for the locale ${locale}`;
  throw new MailError(
    'message-invalid',
    `The template '${body.template}' has no subject${variant}. Add 'subject:' to its front matter, or give the mail one.`,
    { at: { template: body.template, field: 'subject' } },
  );
}
