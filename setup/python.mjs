// Finds a Python 3 that has what the Python tests, or the trainings, import; on Debian installs what they and other tests lack.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { install, isDebian } from './debian.mjs';

// Module, Debian package, name for pip.
const forTraining = [
  ['numpy', 'python3-numpy', 'numpy'],
  ['nibabel', 'python3-nibabel', 'nibabel'],
  ['scipy', 'python3-scipy', 'scipy'],
  ['skimage', 'python3-skimage', 'scikit-image'],
  ['torch', 'python3-torch', 'torch'],
  ['onnx', 'python3-onnx', 'onnx'],
  ['PIL', 'python3-pil', 'pillow'],
];
const forTests = [...forTraining, ['pytest', 'python3-pytest', 'pytest'], ['grpc', 'python3-grpcio', 'grpcio']];
// The Slicer extension is tested on VTK and Qt, in a display of its own.
const forSlicerTests = [
  ...forTests,
  ['vtk', 'python3-vtk9', 'vtk'],
  ['PyQt5', 'python3-pyqt5', 'PyQt5'],
  ['PyQt5.QtSvg', 'python3-pyqt5.qtsvg', 'PyQt5'],
];
const displayPrograms = [['Xvfb', 'xvfb'], ['xauth', 'xauth']];
// What tests compare with, and Debian's packages of it: modules of Debian's Python, and programs. Tests that need one skip
// without it.
const modulesToCompare = [['pydicom', 'python3-pydicom'], ['gdcm', 'python3-gdcm'], ['google.protobuf', 'python3-protobuf']];
const programsToCompare = [['gdcmconv', 'libgdcm-tools'], ['dcmdump', 'dcmtk'], ['dciodvfy', 'dicom3tools'], ['protoc', 'protobuf-compiler']];
// The archive that the DICOMweb tests start for themselves.
const filesOfArchive = [['/usr/sbin/Orthanc', 'orthanc'], ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so', 'orthanc-dicomweb']];
const browsers = [process.env.SEGBRIDGE_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const probe = `
import importlib.util, sys
def there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False
print(*[name for name in sys.argv[1:] if not there(name)])`;

const debianPython = '/usr/bin/python3';
const hasProgram = ([program]) => (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
const debianNames = (list) => list.map(([, name]) => name);
const absent = (list, isThere) => debianNames(list.filter((one) => !isThere(one)));

/** What this Python lacks; null when it cannot be run at all. */
function missingModules(python, needed) {
  const run = spawnSync(python, ['-c', probe, ...needed.map(([module]) => module)], { encoding: 'utf8' });
  if (run.status !== 0) return null;
  const missing = run.stdout.trim().split(/\s+/);
  return needed.filter(([module]) => missing.includes(module));
}

/** A Python that has all of these. Debian's packages belong to Debian's Python, which need not be the first one on the PATH. */
const pythonWith = (needed) =>
  [process.env.SEGBRIDGE_PYTHON, debianPython, 'python3'].filter(Boolean).find((python) => missingModules(python, needed)?.length === 0);

/** Debian's packages of what its Python lacks of these, when no other Python has them all. */
function packagesOf(needed) {
  if (pythonWith(needed)) return [];
  // The BLAS that Debian installs by default makes torch several times slower.
  return ['python3', ...debianNames(missingModules(debianPython, needed) ?? needed), 'libopenblas0-pthread'];
}

function requirePython(needed, purpose) {
  const python = pythonWith(needed);
  if (python) return python;
  const pip = `pip install ${[...new Set(needed.map(([, , name]) => name))].join(' ')}`;
  throw new Error(`${purpose} need a Python 3 with these packages: ${pip} (name it in SEGBRIDGE_PYTHON if it is not python3)`);
}

/** Installs on Debian all that the suites lack, at once. Throws, with what to run, when it cannot. */
export function installForTests(suites) {
  if (!isDebian) return;
  const packages = new Set();
  const add = (names) => names.forEach((name) => packages.add(name));
  if (suites.some((suite) => suite !== 'web')) {
    add(packagesOf(forTests));
    add(debianNames(missingModules(debianPython, modulesToCompare) ?? modulesToCompare));
    add(absent(programsToCompare, hasProgram));
    add(absent(filesOfArchive, ([file]) => existsSync(file)));
  }
  if (suites.includes('slicer')) {
    add(packagesOf(forSlicerTests));
    add(absent(displayPrograms, hasProgram));
  }
  if (suites.includes('web') && !browsers.some((file) => file && existsSync(file))) add(['chromium']);
  if (packages.size > 0) install([...packages], 'the tests');
}

/** Path of a Python that has everything the tests import. */
export const pythonForTests = () => requirePython(forTests, 'the Python tests');

/** The same with what the tests of the Slicer extension need besides. */
export const pythonForSlicerTests = () => requirePython(forSlicerTests, 'the tests of the Slicer extension');

/** The same for the trainings, after installing what they lack where that is possible. */
function pythonForTraining() {
  const packages = isDebian ? packagesOf(forTraining) : [];
  if (packages.length > 0) install(packages, 'the trainings');
  return requirePython(forTraining, 'the trainings');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (argv.includes('--training')) console.log(pythonForTraining());
    else {
      installForTests(['dotnet', 'python', 'slicer', 'e2e', 'web']);
      console.error(`Python for tests: ${pythonForTests()}`);
      console.error(`Python for the tests of the Slicer extension: ${pythonForSlicerTests()}`);
    }
  } catch (error) {
    console.error(`setup: ${error.message}`);
    process.exit(1);
  }
}
