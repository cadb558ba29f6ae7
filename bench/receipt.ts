import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HandlebarsRenderer } from '../src/render/handlebars-renderer.js';

/** From `bench/dist/bench`, where this runs, to `bench/templates`. */
const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));

export function templates(...path: readonly string[]): string {
  return resolve(TEMPLATES, ...path);
}

export function source(...path: readonly string[]): Promise<string> {
  return readFile(templates(...path), 'utf8');
}

export const SUBJECT = 'Your order {{order.number}}, {{user.name}}';

/** The context of the template; a different one for each mail, as in life. */
export function receiptContext(index: number) {
  return {
    user: { name: 'Ada Lovelace', email: `ada${index}@example.test` },
    order: {
      number: `A-${index}`,
      date: '14 March 2026',
      total: '53.50 €',
      url: `https://shop.example.test/orders/${index}`,
      note: 'Ring twice & leave it at the door',
      items: [
        { name: 'Pocket notebook', quantity: 2, price: '19.00 €' },
        { name: 'Fountain pen', quantity: 1, price: '34.50 €' },
      ],
    },
  };
}

/** @param name folder of the templates under `bench/templates` */
export async function loadedRenderer(dir: string): Promise<HandlebarsRenderer> {
  const renderer = new HandlebarsRenderer({
    roots: [{ dir, required: true }],
    helpers: {},
    inlineCss: true,
  });
  await renderer.load();
  return renderer;
}

/** The receipt as the module renders it. */
export async function renderedReceipt(index: number) {
  const renderer = await loadedRenderer(templates('mailroom'));
  const request = { template: 'receipt', context: receiptContext(index), timeZone: 'UTC' };
  const { subject = '', html = '', text = '' } = await renderer.render(request);
  return { subject, html, text };
}
