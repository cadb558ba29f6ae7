import type { Place } from './checks.js';
import type { MailModuleOptions, ResolvedMailOptions } from './options.js';
import { show } from '../errors/config-report.js';

const METHODS = ['load', 'render', 'names', 'watch', 'close'] as const;

/** A renderer of the application's own; what is none is reported, and template options that would do nothing beside it. */
export function readRenderer(
  { renderer, templates = {} }: Pick<MailModuleOptions, 'renderer' | 'templates'>,
  { where, report }: Place,
): ResolvedMailOptions['renderer'] {
  if (renderer === undefined) return undefined;
  if (typeof renderer !== 'function' && !isRenderer(renderer)) {
    report.add({
      where,
      expected: `a Renderer ({ ${METHODS.join(', ')} }) or a class of one`,
      found: show(renderer),
    });
  }
  for (const [key, value] of Object.entries(templates)) {
    if (key === 'watch' || value === undefined) continue;
    const mend = key === 'dir' ? 'Unset MAIL_TEMPLATES_DIR too' : undefined;
    report.add({
      where: `templates.${key}`,
      expected: 'nothing beside a renderer of your own',
      found: show(value),
      mend,
    });
  }
  return renderer;
}

function isRenderer(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return METHODS.every((method) => typeof Reflect.get(value, method) === 'function');
}
