// node setup/setup.mjs [--gpu]: fetches what the build needs and no package source carries. "./segbridge setup" calls it.

import { execFileSync } from 'node:child_process';
import { fetchPinned, isPinned } from './fetch.mjs';
import { requirePackages } from '../server/web/packages.mjs';

const options = new Set(process.argv.slice(2));
for (const option of options) {
  if (option !== '--gpu') {
    console.error(`setup: unknown option ${option}; the only one is --gpu`);
    process.exit(2);
  }
}

const system = { linux: 'linux', win32: 'win', darwin: 'osx' }[process.platform] ?? process.platform;
const platform = `${system}-${process.arch}`;

/** The NVIDIA driver's version, or null when there is none. */
function driverVersion() {
  try {
    return execFileSync('nvidia-smi', ['--query-gpu=driver_version', '--format=csv,noheader'], { encoding: 'utf8' }).trim().split('\n')[0];
  } catch {
    return null;
  }
}

/** Whether the dynamic linker knows the library. */
function knowsLibrary(name) {
  for (const ldconfig of ['ldconfig', '/sbin/ldconfig']) {
    try {
      return execFileSync(ldconfig, ['-p'], { encoding: 'utf8' }).includes(name);
    } catch {
      // Not on this path; try the next.
    }
  }
  return false;
}

function describeCuda() {
  const driver = driverVersion();
  const mark = (ok) => (ok ? 'found' : 'not found');
  console.error('The CUDA provider is in place. To run, it needs');
  console.error(`  NVIDIA driver 580 or newer  (${driver === null ? 'no driver found' : `found ${driver}`})`);
  console.error(`  CUDA 13: libcudart.so.13, libcublas.so.13, libcublasLt.so.13, libcurand.so.10  (${mark(knowsLibrary('libcudart.so.13') && knowsLibrary('libcublasLt.so.13'))})`);
  console.error(`  cuDNN 9: libcudnn.so.9  (${mark(knowsLibrary('libcudnn.so.9'))})`);
  console.error('Libraries outside the linker\'s folders count when LD_LIBRARY_PATH names them. Without a working CUDA the server runs on the CPU and says so.');
}

try {
  const native = `onnxruntime-${platform}`;
  if (!isPinned(native)) {
    throw new Error(`there is no ONNX Runtime for ${platform} here; build with -p:OnnxRuntime=NuGet where NuGet carries Microsoft.ML.OnnxRuntime.Gpu`);
  }
  const names = ['onnxruntime-sources', native];
  if (options.has('--gpu')) {
    if (platform !== 'linux-x64') throw new Error(`--gpu is for linux-x64, this is ${platform}`);
    names.push('onnxruntime-cuda-linux-x64');
  }
  await fetchPinned(names);
  try {
    requirePackages();
  } catch (error) {
    console.error(`setup: the server will have no page for browsers: ${error.message}`);
  }
  if (options.has('--gpu')) describeCuda();
} catch (error) {
  console.error(`setup: ${error.message}`);
  process.exit(1);
}
