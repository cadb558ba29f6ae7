import type { ApplicationConfig } from '@nestjs/core';
import type { ResolvedInboxOptions } from '../inbox.options.js';

/** URL path of the page, below the application's global prefix unless the prefix excludes it. */
export function mountPath(config: ApplicationConfig, { path }: Pick<ResolvedInboxOptions, 'path'>): string {
  const { exclude = [] } = config.getGlobalPrefixOptions();
  const isExcluded = exclude.some(({ pathRegex }) => pathRegex.test(`/${path}`));
  return joinPaths(isExcluded ? '' : config.getGlobalPrefix(), path);
}

/** Joins paths: a slash before each segment, none at the end. */
export function joinPaths(...paths: readonly string[]): string {
  return paths
    .flatMap((path) => path.split('/'))
    .map((segment) => segment && `/${segment}`)
    .join('');
}

/** Folders that a name may have in front. */
const MAX_FOLDERS = 6;

/**
 * Paths of routes whose last parameter may contain slashes, one for each depth: Express and Fastify have different
 * syntaxes for "the rest of the path", and each rejects the other's.
 */
export function namePaths(suffix: string): string[] {
  return Array.from({ length: MAX_FOLDERS + 1 }, (_, depth) => {
    const folders = Array.from({ length: depth }, (_folder, index) => `:folder${index}`);
    return `${[...folders, ':name'].join('/')}${suffix}`;
  });
}
