import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** From `bench/dist/bench`, where this runs. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Another version of this project, compiled with the packages that are installed here. */
export interface OtherBuild {
  /** Its process that measures. */
  readonly child: URL;
  readonly remove: () => Promise<void>;
}

/**
 * Checks a version out into a folder of its own, and compiles it.
 * @param ref a branch, a tag or a commit
 */
export async function otherBuild(ref: string): Promise<OtherBuild> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-against-'));
  const remove = async (): Promise<void> => {
    await run('git', ['worktree', 'remove', '--force', folder], { cwd: ROOT });
    await rm(folder, { recursive: true, force: true });
  };
  await run('git', ['worktree', 'add', '--detach', '--force', folder, ref], { cwd: ROOT });
  try {
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'bench'], {
      cwd: folder,
    });
    return { child: pathToFileURL(join(folder, 'bench/dist/bench/child.js')), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
