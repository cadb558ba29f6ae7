import { type Place, readList } from './checks.js';
import type { ResolvedTemplates, TemplateOptions } from './options.js';
import { show } from '../errors/config-report.js';

/** The template sources; what is none is reported. Of a class only its instance can show what it is. */
export function readSources(
  sources: TemplateOptions['sources'],
  { where, report }: Place,
): ResolvedTemplates['sources'] {
  const list = readList(sources, { where, report }) ?? [];
  for (const [index, source] of list.entries()) {
    if (typeof source === 'function' || isSource(source)) continue;
    const expected = 'a TemplateSource ({ name, find }) or a class of one';
    report.add({ where: `${where}[${index}]`, expected, found: show(source) });
  }
  return list;
}

function isSource(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return typeof Reflect.get(value, 'name') === 'string' && typeof Reflect.get(value, 'find') === 'function';
}
