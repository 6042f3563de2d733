// Bundles TypeScript of the tests, so that every supported Node.js runs it.

import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { webFolder } from '../../server/web/packages.mjs';

export const folder = path.dirname(fileURLToPath(import.meta.url));
// Beside the packages that the tests import.
export const built = path.join(folder, 'node_modules', '.tests');

/** Files of one kind (a folder of tests) become modules of the same name in a folder of the same name. */
export async function bundle(kind, files) {
  const { build } = await import(pathToFileURL(path.join(folder, 'node_modules', 'esbuild', 'lib', 'main.js')).href);
  await build({
    absWorkingDir: folder, entryPoints: files.map((name) => path.join(kind, name)), outdir: path.join(built, kind), outExtension: { '.js': '.mjs' },
    bundle: true, platform: 'node', format: 'esm', target: 'node20', external: ['playwright-core'], nodePaths: [path.join(webFolder, 'node_modules')], logLevel: 'warning',
  });
}
