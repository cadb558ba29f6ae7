import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..', '..');
/** No such folder: where the checked sources seem to lie, so that imports resolve as in this repository. */
const FOLDER = join(ROOT, 'test', 'virtual');

export interface TypeError {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

/** The errors of TypeScript in these sources, by file name, under the repository's own settings. */
export function typeErrors(sources: Readonly<Record<string, string>>): readonly TypeError[] {
  const files = new Map(Object.entries(sources).map(([name, code]) => [join(FOLDER, name), code]));
  const program = ts.createProgram([...files.keys()], options, hostOf(files));
  return [...files.keys()].flatMap((path) => errorsOf(program, path));
}

const options = readOptions();
const libraries = new Map<string, ts.SourceFile | undefined>();

function readOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  return ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT).options;
}

function hostOf(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  return {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    readFile: (path) => files.get(path) ?? host.readFile(path),
    getSourceFile(path, settings) {
      const code = files.get(path);
      if (code !== undefined) return ts.createSourceFile(path, code, settings);
      if (!libraries.has(path)) libraries.set(path, host.getSourceFile(path, settings));
      return libraries.get(path);
    },
  };
}

function errorsOf(program: ts.Program, path: string): readonly TypeError[] {
  const source = program.getSourceFile(path);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ file, start = 0, messageText }) => ({
      file: path.slice(FOLDER.length + 1),
      line: (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }),
  );
}
