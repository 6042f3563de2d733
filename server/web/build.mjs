// node build.mjs OUT PROTOC: bundles the page into the folder OUT, which the server's build embeds. Code for the contract
// is generated from proto/ first. Without the npm packages and without npm's registry it says so, leaves OUT without a
// page and ends well: the server does its other work all the same.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { packagesAreThere, requirePackages, webFolder } from './packages.mjs';

const protoFolder = path.join(webFolder, '..', '..', 'proto');
// Beside the packages it imports, and out of sight of what looks for changed sources.
const contractFolder = path.join(webFolder, 'node_modules', '@segbridge', 'contract');
// Runs as a worker, by file names of its own.
const dcm2niix = 'dcm2niix-1.2.0';

/** TypeScript code of the contract. */
export function generateContract(protoc) {
  rmSync(contractFolder, { recursive: true, force: true });
  mkdirSync(contractFolder, { recursive: true });
  writeFileSync(path.join(contractFolder, 'package.json'), '{"name":"@segbridge/contract","type":"module"}\n');
  const plugin = path.join(webFolder, 'node_modules', '.bin', `protoc-gen-es${process.platform === 'win32' ? '.cmd' : ''}`);
  const protos = readdirSync(path.join(protoFolder, 'segbridge', 'v1')).filter((name) => name.endsWith('.proto'));
  execFileSync(protoc, [
    `--plugin=protoc-gen-es=${plugin}`, `--es_out=${contractFolder}`, '--es_opt=target=js+dts,import_extension=js',
    `--proto_path=${protoFolder}`, ...protos.map((name) => `segbridge/v1/${name}`),
  ], { stdio: 'inherit', cwd: protoFolder });
}

async function bundle(out) {
  const { build } = await import(pathToFileURL(path.join(webFolder, 'node_modules', 'esbuild', 'lib', 'main.js')).href);
  const { metafile } = await build({
    absWorkingDir: webFolder,
    entryPoints: ['src/main.ts', 'src/style.css'],
    outdir: path.join(out, 'assets'),
    entryNames: '[name]-[hash]',
    bundle: true,
    format: 'esm',
    target: ['chrome120', 'firefox120'],
    minify: true,
    legalComments: 'none',
    external: ['@niivue/dcm2niix'],
    define: { DCM2NIIX_FOLDER: JSON.stringify(`./${dcm2niix}/`) },
    metafile: true,
    logLevel: 'warning',
  });
  const names = Object.keys(metafile.outputs).map((file) => path.basename(file));
  const page = readFileSync(path.join(webFolder, 'src', 'index.html'), 'utf8')
    .replace('main.js', `assets/${names.find((name) => name.startsWith('main-') && name.endsWith('.js'))}`)
    .replace('style.css', `assets/${names.find((name) => name.startsWith('style-'))}`);
  writeFileSync(path.join(out, 'index.html'), page);
  const dist = path.join(webFolder, 'node_modules', '@niivue', 'dcm2niix', 'dist');
  for (const name of ['index.jpeg.js', 'worker.jpeg.js', 'dcm2niix.jpeg.js', 'dcm2niix.jpeg.wasm']) {
    cpSync(path.join(dist, name), path.join(out, 'assets', dcm2niix, name));
  }
}

/** Beside each file one compressed by Brotli, for browsers that take it: three megabytes of viewer become one. */
function compress(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  }
}

const [out, protoc] = process.argv.slice(2).map((argument) => path.resolve(argument));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
try {
  requirePackages();
} catch (error) {
  console.error(`The page for browsers is left out: ${error.message}`);
}
if (packagesAreThere()) {
  generateContract(protoc);
  await bundle(out);
  compress(out);
}
