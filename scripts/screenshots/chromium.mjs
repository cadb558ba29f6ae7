import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { reducedPng } from './png.mjs';

/** Headless Chromium, controlled over a pipe: the DevTools protocol, each message ended by a null byte. */
export class Chromium {
  #process;
  #profile;
  #last = 0;
  /** @readonly */
  #waiting = new Map();
  #rest = '';

  /** @param program name on PATH, or path */
  static async start(program = 'chromium') {
    const chromium = new Chromium();
    chromium.#profile = await mkdtemp(join(tmpdir(), 'chromium-'));
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      // Grey edges on letters: fewer colours, smaller files, and no fringes when a picture is scaled.
      '--remote-debugging-pipe',
    ];
    chromium.#process = spawn(program, [...flags, `--user-data-dir=${chromium.#profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    await once(chromium.#process, 'spawn');
    chromium.#process.stdio[4].setEncoding('utf8').on('data', (chunk) => chromium.#read(chunk));
    return chromium;
  }

  /** A new page's session: the third argument of `send`. */
  async page() {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    return sessionId;
  }

  send(method, params = {}, sessionId) {
    const id = (this.#last += 1);
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return answer;
  }

  async close() {
    const gone = once(this.#process, 'exit');
    await this.send('Browser.close');
    await gone;
    await rm(this.#profile, { recursive: true, force: true });
  }

  #read(chunk) {
    const messages = (this.#rest + chunk).split('\0');
    this.#rest = messages.pop();
    for (const message of messages.map((text) => JSON.parse(text))) this.#settle(message);
  }

  #settle({ id, result, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }
}

/** Shows html at a width and in a colour scheme, and takes a PNG of the whole page. */
export async function photograph(chromium, html, { width, scheme }) {
  const page = await chromium.page();
  const run = (method, params) => chromium.send(method, params, page);
  const size = (height) =>
    run('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  await size(100);
  await run('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  const { frameTree } = await run('Page.getFrameTree');
  await run('Page.setDocumentContent', { frameId: frameTree.frame.id, html });
  const height = await evaluate(
    run,
    'document.fonts.ready.then(() => document.documentElement.scrollHeight)',
  );
  const wide = await evaluate(run, 'document.documentElement.scrollWidth');
  if (wide > width) throw new Error(`the mail is ${wide} px wide where there are ${width}`);
  await size(height);
  const { data } = await run('Page.captureScreenshot', { format: 'png' });
  return reducedPng(Buffer.from(data, 'base64'));
}

async function evaluate(run, expression) {
  const { result } = await run('Runtime.evaluate', { expression, awaitPromise: true });
  return result.value;
}
