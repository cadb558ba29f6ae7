import type { ApplicationConfig } from '@nestjs/core';
import type { ResolvedInboxOptions } from '../inbox.options.js';

/** URL path of the page, below the application's global prefix unless that leaves it out. */
export function mountOf(config: ApplicationConfig, { path }: Pick<ResolvedInboxOptions, 'path'>): string {
  const { exclude = [] } = config.getGlobalPrefixOptions();
  const isExcluded = exclude.some(({ pathRegex }) => pathRegex.test(`/${path}`));
  return joined(isExcluded ? '' : config.getGlobalPrefix(), path);
}

/** Paths as one, with a slash before each part and none at its end. */
export function joined(...paths: readonly string[]): string {
  return paths
    .flatMap((path) => path.split('/'))
    .map((segment) => segment && `/${segment}`)
    .join('');
}
