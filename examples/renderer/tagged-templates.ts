import { Injectable, Module } from '@nestjs/common';
import { MailError, MailModule, type RenderedBody, type Renderer, type RenderRequest } from 'nest-mailroom';

/** A mail as a function of its context's fields. */
type Template = (field: (name: string) => string) => RenderedBody;

const TEMPLATES: ReadonlyMap<string, Template> = new Map<string, Template>([
  [
    'welcome',
    (field) => ({
      subject: `Welcome, ${field('name')}!`,
      html: html`<p>Hello ${field('name')}, <a href="${field('link')}">confirm</a>.</p>`,
      text: `Hello ${field('name')}, confirm: ${field('link')}`,
    }),
  ],
]);

@Injectable()
export class TaggedTemplates implements Renderer {
  /** At boot: an engine with files reads and compiles them here. */
  async load(): Promise<void> {}

  async render({ template, context }: RenderRequest): Promise<RenderedBody> {
    const found = TEMPLATES.get(template);
    if (found) return found((name) => fieldOf(context, name));
    throw new MailError('template-not-found', `There is no template "${template}".`, { at: { template } });
  }

  names(): readonly string[] {
    return [...TEMPLATES.keys()].toSorted();
  }

  watch(): void {}

  async close(): Promise<void> {}
}

function fieldOf(context: object, path: string): string {
  const value: unknown = Object.hasOwn(context, path) ? Reflect.get(context, path) : undefined;
  if (typeof value === 'string') return value;
  throw new MailError('context-invalid', `"${path}" is missing.`, { at: { path } });
}

function html(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: parts }, ...values.map(escaped));
}

function escaped(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

@Module({ imports: [MailModule.forRoot({ renderer: TaggedTemplates })] })
export class AppModule {}
