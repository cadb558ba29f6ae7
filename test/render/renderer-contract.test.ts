import { TaggedTemplates } from '../../examples/renderer/tagged-templates.js';
import { OwnRenderer } from '../../src/render/own-renderer.js';
import { rendererContract, type RendererUnderTest } from '../support/renderer-contract.js';
import { MemorySource } from './source/stores.js';
import { folder, rendererOf } from './templates.js';

const SOURCE = '---\nsubject: Hi {{name}}\n---\n<p>{{name}}</p>';
const context = { name: 'Ada', link: 'https://example.test/' };
const close = async (): Promise<void> => undefined;

async function handlebars(): Promise<RendererUnderTest> {
  const dir = await folder({ 'welcome.hbs': SOURCE });
  return { renderer: rendererOf({ roots: [{ dir, required: true }] }), template: 'welcome', context, close };
}

async function handlebarsFromSource(): Promise<RendererUnderTest> {
  const dir = await folder({ 'welcome.hbs': 'shipped' });
  const source = new MemorySource();
  source.put('welcome', SOURCE);
  const renderer = rendererOf({ roots: [{ dir, required: true }], sources: [source] });
  return { renderer, template: 'welcome', context, close };
}

async function example(): Promise<RendererUnderTest> {
  return { renderer: new TaggedTemplates(), template: 'welcome', context, close };
}

async function checkedExample(): Promise<RendererUnderTest> {
  const renderer = new TaggedTemplates();
  return { renderer: new OwnRenderer(() => renderer), template: 'welcome', context, close };
}

for (const [name, harness] of [
  ['Handlebars from a folder', handlebars],
  ['Handlebars from a source', handlebarsFromSource],
  ['the example of a renderer', example],
  ['the example as the module runs it', checkedExample],
] as const) {
  for (const { title, run } of rendererContract(name, harness)) test(title, run);
}
