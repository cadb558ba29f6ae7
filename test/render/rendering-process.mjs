/** Renders templates in a process of its own: node rendering-process.mjs <compiled sources> <templates> <requests as JSON> */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , compiled, dir, requests] = process.argv;
const { HandlebarsRenderer } = await import(pathToFileURL(join(compiled, 'render/handlebars-renderer.js')));

const renderer = new HandlebarsRenderer({ roots: [{ dir, required: true }], helpers: {}, inlineCss: false });
await renderer.load();
const texts = [];
for (const { date, ...request } of JSON.parse(requests)) {
  const { text } = await renderer.render({ ...request, date: new Date(date) });
  texts.push(text);
}
process.stdout.write(JSON.stringify(texts));
