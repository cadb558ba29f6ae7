import { HandlebarsAdapter } from '@nestjs-modules/mailer/adapters/handlebars.adapter';
import { templates } from './receipt.js';

/** The same template, partials and inlining in `@nestjs-modules/mailer`, as its users set them up. */
export function incumbentOptions() {
  return {
    template: {
      dir: templates('incumbent'),
      adapter: new HandlebarsAdapter(undefined, { cssBaseUrl: templates('mailroom') }),
    },
    options: { layout: 'layout', partials: { dir: templates('mailroom', 'partials') } },
  };
}
