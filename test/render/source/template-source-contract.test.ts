import { templateSourceContract } from '../../support/template-source-contract.js';
import { fileStore, memoryStore } from './stores.js';

for (const [name, harness] of [
  ['in memory', memoryStore],
  ['in files', fileStore],
] as const) {
  for (const { title, run } of templateSourceContract(name, harness)) test(title, run);
}
