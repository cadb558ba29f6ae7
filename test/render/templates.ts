import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MailError } from '../../src/errors/mail-error.js';
import type { TemplateHelper } from '../../src/render/helpers/helper.js';
import { HandlebarsRenderer, type HandlebarsRendererOptions } from '../../src/render/handlebars-renderer.js';
import type { RenderedBody, RenderRequest } from '../../src/render/renderer.js';

const dirs: string[] = [];
const renderers: HandlebarsRenderer[] = [];

afterEach(async () => {
  await Promise.all(renderers.splice(0).map((renderer) => renderer.close()));
  await Promise.all(dirs.splice(0).map((dir) => rm(dir, { recursive: true, force: true })));
});

/** A folder with these files, gone after the test. */
export async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'templates-'));
  dirs.push(dir);
  await write(dir, files);
  return dir;
}

export async function write(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
}

export function rendererOf(options: Partial<HandlebarsRendererOptions>): HandlebarsRenderer {
  const renderer = new HandlebarsRenderer({ roots: [], helpers: {}, inlineCss: false, ...options });
  renderers.push(renderer);
  return renderer;
}

export async function loaded(
  files: Readonly<Record<string, string>>,
  options: Partial<HandlebarsRendererOptions> = {},
): Promise<HandlebarsRenderer> {
  const dir = await folder(files);
  const renderer = rendererOf({ roots: [{ dir, required: true }], ...options });
  await renderer.load();
  return renderer;
}

export function renderOf(
  renderer: HandlebarsRenderer,
  template: string,
  context: object = {},
  rest: Partial<RenderRequest> = {},
): Promise<RenderedBody> {
  return renderer.render({ template, context, timeZone: 'UTC', ...rest });
}

/** The html of one template made of `source`. */
export async function html(
  source: string,
  context: object = {},
  helpers: Readonly<Record<string, TemplateHelper>> = {},
): Promise<string | undefined> {
  return (await renderOf(await loaded({ 'page.hbs': source }, { helpers }), 'page', context)).html;
}

/** The error of a promise that has to fail. */
export async function failure(promise: Promise<unknown>): Promise<MailError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (MailError.is(error)) return error;
  throw new Error(`expected a MailError, got ${String(error)}`);
}
