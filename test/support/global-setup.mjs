import compileSources from './compiled-sources.mjs';
import { buildPage } from './built-page.mjs';

export default async function prepare() {
  await compileSources();
  await buildPage();
}
