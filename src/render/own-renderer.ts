import { abortError, untilAborted } from '../errors/abort.js';
import { MailError, messageOf } from '../errors/mail-error.js';
import { show } from '../errors/show.js';
import { renderError } from './faults/context-fault.js';
import type { RenderedBody, Renderer, RenderRequest } from './renderer.js';

const PARTS = ['subject', 'html', 'text', 'locale'] as const;

/**
 * Wraps a renderer of the application: loads it once, at the latest before its first mail, and checks the
 * bodies it returns. Takes a function, because a class of the container has no instance before it is loaded.
 */
export class OwnRenderer implements Renderer {
  readonly #instance: () => Renderer;
  #loading: Promise<void> | undefined;

  constructor(instance: () => Renderer) {
    this.#instance = instance;
  }

  /** @throws {MailError} the renderer's own, or `config` for any other error */
  load(): Promise<void> {
    return (this.#loading ??= this.#load());
  }

  /** @throws {MailError} the renderer's own, `context-invalid` for any other error, `template-invalid` for a wrong body */
  async render(request: RenderRequest): Promise<RenderedBody> {
    const { template, signal } = request;
    if (signal?.aborted) throw abortError(signal);
    const rendering = this.#render(request);
    return checkedBody(await (signal ? untilAborted(rendering, signal) : rendering), template);
  }

  names(): readonly string[] {
    return this.#instance().names();
  }

  watch(): void {
    this.#instance().watch();
  }

  close(): Promise<void> {
    return this.#instance().close();
  }

  async #load(): Promise<void> {
    try {
      await this.#instance().load();
    } catch (cause) {
      if (MailError.is(cause)) throw cause;
      throw new MailError('config', `The renderer could not load its templates: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  async #render(request: RenderRequest): Promise<unknown> {
    await this.load();
    try {
      return await this.#instance().render(request);
    } catch (error) {
      throw renderError(error, request.template);
    }
  }
}

/** Copies only known fields, so that a field of a later version does not get in unchecked. */
function checkedBody(body: unknown, template: string): RenderedBody {
  if (typeof body !== 'object' || body === null) throw noBody(template, `got ${show(body)}`);
  const given = PARTS.map((part): [string, unknown] => [part, Reflect.get(body, part)]).filter(
    ([, value]) => value !== undefined,
  );
  for (const [part, value] of given) {
    if (typeof value !== 'string') throw noBody(template, `${part} is ${show(value)}`);
  }
  if (given.some(([part]) => part === 'html' || part === 'text')) return Object.fromEntries(given);
  throw noBody(template, 'got neither html nor text');
}

function noBody(template: string, found: string): MailError {
  const message = `The renderer made no mail of the template ${show(template)}: expected { subject, html, text }, all of them strings, ${found}.`;
  return new MailError('template-invalid', message, { at: { template } });
}
