import type { Type } from '@nestjs/common';
import type { MailExtension } from './extension.js';
import { MAILER_ROWS, MOVED } from './mailers.js';
import { QUEUE } from './queue.js';
import { TEMPLATES } from './templates.js';
import type { MailInterceptor } from '../deliver/approve/interceptor.js';
import { Group, section } from '../reader/group.js';
import { classes, FLAG, is, TEXTS, TIMER } from '../reader/kinds.js';
import { apart, optional, or } from '../reader/option.js';
import type { Renderer } from '../render/renderer.js';

const METHODS = ['load', 'render', 'names', 'watch', 'close'] as const;

const RENDERER = is(`a Renderer ({ ${METHODS.join(', ')} }) or a class of one`, isRenderer);

function isRenderer(value: unknown): value is Renderer | Type<Renderer> {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  return METHODS.every((method) => typeof Reflect.get(value, method) === 'function');
}

const EXTENSIONS = is('an array', isExtensions);

function isExtensions(value: unknown): value is readonly MailExtension[] {
  return Array.isArray(value);
}

/** The options of the module. */
export const MODULE = new Group(
  {
    ...MAILER_ROWS,
    templates: section(TEMPLATES, ''),
    renderer: optional(
      RENDERER,
      'a [template engine of your own](docs/templates.md#another-template-engine)',
      { shown: 'Handlebars' },
    ),
    queue: section(QUEUE, 'where [queued](docs/queueing.md) mails are kept, and how they go out', {
      shown: 'see `MAIL_SPOOL_PATH`; in memory in tests',
    }),
    mailers: apart(
      'further [mailers by name](docs/configuration.md#named-mailers); each inherits what it leaves undefined',
    ),
    interceptors: or(
      classes<Type<MailInterceptor>>(),
      [],
      '[classes](docs/sending.md#interceptors-and-events) that see every rendered mail before it goes',
    ),
    ignoreVariables: or(
      TEXTS,
      [],
      'names of your own variables that begin with `MAIL_`: no warning about them',
    ),
    shutdownTimeout: or(TIMER, 10_000, 'milliseconds a shutdown waits for mails under way'),
    suppressSend: or(FLAG, false, 'capture everything in memory', {
      env: { name: 'MAIL_SUPPRESS_SEND', shown: "`false`; also Flask-Mail's name" },
    }),
    use: or(EXTENSIONS, [], 'extensions, such as a URL scheme of your own'),
  },
  { moved: MOVED },
);
