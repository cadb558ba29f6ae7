import { show } from '../errors/show.js';
import { fieldOr, type Fields, isObject } from '../message/values/fields.js';
import type { SizeBudget } from '../message/values/limits.js';
import type { LiteralBody, TemplateBody } from '../message/message.js';
import { invalid } from '../message/values/refusal.js';
import { parseSubject } from '../message/headers/subject.js';
import type { MailField } from './mail-fields.js';

/**
 * Reads the body of a mail: a template to render, or bodies to send unchanged; never both.
 * @throws {MailError} `message-invalid`
 */
export function composeBody(fields: Fields<MailField>, budget: SizeBudget): LiteralBody | TemplateBody {
  const subject = fields.has('subject') && { subject: parseSubject(fields.get('subject'), 'subject') };
  const body = fields.has('template') ? templateBody(fields) : literalBody(fields, budget);
  return { ...body, ...subject };
}

function templateBody(fields: Fields<MailField>): TemplateBody {
  const template = fields.get('template');
  // The engine decides which names exist, the empty one included.
  if (typeof template !== 'string') {
    throw invalid({ field: 'template', expected: 'the name of a template', found: show(template) });
  }
  for (const field of ['html', 'text'] as const) {
    if (!fields.has(field)) continue;
    const fix = 'A template makes the bodies; leave out one of the two';
    throw invalid({ field, expected: `no literal ${field} beside template`, found: 'both', fix });
  }
  const context = fieldOr(fields, 'context', {});
  if (isObject(context)) return { template, context };
  throw invalid({ field: 'context', expected: 'a plain object', found: show(context) });
}

function literalBody(fields: Fields<MailField>, budget: SizeBudget): LiteralBody {
  if (fields.has('context')) {
    const fix = 'Literal bodies are sent as they are given, nothing is put into them';
    throw invalid({ field: 'context', expected: 'a template beside it', found: 'none', fix });
  }
  const body = {
    ...(fields.has('html') && { html: text(fields.get('html'), 'html', budget) }),
    ...(fields.has('text') && { text: text(fields.get('text'), 'text', budget) }),
  };
  if (hasContent(fields)) return body;
  const fix = "For a mail without a body give text: ''";
  throw invalid({ field: 'template', expected: 'one of template, html and text', found: 'none', fix });
}

function hasContent(fields: Fields<MailField>): boolean {
  return (['html', 'text', 'alternatives', 'icalEvent'] as const).some((field) => fields.has(field));
}

function text(value: unknown, field: string, budget: SizeBudget): string {
  if (typeof value !== 'string') throw invalid({ field, expected: 'a string', found: show(value) });
  budget.spend(Buffer.byteLength(value), field);
  return value;
}
