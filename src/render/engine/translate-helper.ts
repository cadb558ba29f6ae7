import { ContextFault } from '../faults/context-fault.js';
import type { TemplateHelper, TemplateHelperOptions } from '../helpers/helper.js';
import type { Messages } from '../i18n/messages.js';

/** The name templates call it by. */
export const TRANSLATE = 't';

interface TranslateOptions extends TemplateHelperOptions {
  readonly data: TemplateHelperOptions['data'] & { readonly messages: Messages };
}

/** `{{t "cart.items" count=n}}`; the namespace of the file it is written in is put there when it is loaded. */
export const translate: TemplateHelper = (key: unknown, namespace: string, options: TranslateOptions) => {
  if (typeof key !== 'string') {
    throw new ContextFault(`t: expected the key of a message, got ${key === null ? 'null' : typeof key}`);
  }
  const { messages, locale, timeZone } = options.data;
  return messages.text({ key, namespace }, options.hash, { locale, timeZone });
};
