// Finds a Python 3 that has what the Python tests, or the trainings, import; on Debian installs what is missing.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

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
// What the DICOM tests compare with, and Debian's packages of it: modules of Debian's Python, and programs. Tests that
// need one skip without it.
const modulesForDicom = [['pydicom', 'python3-pydicom'], ['gdcm', 'python3-gdcm']];
const programsForDicom = [['gdcmconv', 'libgdcm-tools'], ['dcmdump', 'dcmtk'], ['dciodvfy', 'dicom3tools']];
// The archive that the DICOMweb tests start for themselves.
const filesOfArchive = [['/usr/sbin/Orthanc', 'orthanc'], ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so', 'orthanc-dicomweb']];

const probe = `
import importlib.util, sys
def there(name):
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False
print(*[name for name in sys.argv[1:] if not there(name)])`;

const hasProgram = (program) => (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));

/** Modules that this Python lacks; null when it cannot be run at all. */
function missingModules(python, needed) {
  const run = spawnSync(python, ['-c', probe, ...needed.map(([module]) => module)], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim().split(/\s+/).filter(Boolean) : null;
}

/** What makes a command one of the superuser's. */
const superuser = () => (process.getuid() === 0 ? [] : ['sudo']);

export function install(packages, purpose) {
  const asRoot = superuser();
  if (asRoot.length > 0 && spawnSync('sudo', ['--version'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(`as root, run: apt-get install --no-install-recommends ${packages.join(' ')}`);
  }
  console.error(`installing Debian packages for ${purpose}: ${packages.join(' ')}`);
  const apt = (...args) => {
    const [program, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y', ...args];
    execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  apt('update');
  apt('install', '--no-install-recommends', ...packages);
}

/** Debian's package starts Orthanc as a service, which nobody asked for here. */
function stopArchiveService() {
  if (!existsSync('/run/systemd/system')) return;
  const [program, ...rest] = [...superuser(), 'systemctl', 'disable', '--now', 'orthanc'];
  spawnSync(program, rest, { stdio: 'ignore' });
}

/** Path of a Python that has everything the tests import, after installing what is missing where that is possible. */
export function pythonForTests() {
  const python = pythonWith(forTests, 'the Python tests');
  const modules = missingModules('/usr/bin/python3', modulesForDicom) ?? [];
  const missing = [
    ...modulesForDicom.filter(([module]) => modules.includes(module)),
    ...programsForDicom.filter(([program]) => !hasProgram(program)),
    ...filesOfArchive.filter(([file]) => !existsSync(file)),
  ].map(([, name]) => name);
  if (missing.length > 0 && existsSync('/usr/bin/apt-get')) {
    try {
      install(missing, 'the DICOM tests');
      if (missing.includes('orthanc')) stopArchiveService();
    } catch (error) {
      console.error(`setup: without ${missing.join(', ')} some DICOM tests are skipped (${error.message})`);
    }
  }
  return python;
}

/** The same with what the tests of the Slicer extension need besides. */
export function pythonForSlicerTests() {
  const missing = displayPrograms.filter(([program]) => !hasProgram(program));
  if (missing.length > 0 && existsSync('/usr/bin/apt-get')) install(missing.map(([, name]) => name), 'a display for tests');
  return pythonWith(forSlicerTests, 'the tests of the Slicer extension');
}

/** The same for the trainings. */
export function pythonForTraining() {
  return pythonWith(forTraining, 'the trainings');
}

function pythonWith(needed, purpose) {
  // Debian's packages belong to Debian's Python, which need not be the first one on the PATH.
  const candidates = [process.env.SEGBRIDGE_PYTHON, '/usr/bin/python3', 'python3'].filter(Boolean);
  const ready = () => candidates.find((python) => missingModules(python, needed)?.length === 0);
  const found = ready();
  if (found) return found;

  const debian = '/usr/bin/python3';
  const pip = `pip install ${[...new Set(needed.map(([, , name]) => name))].join(' ')}`;
  if (existsSync('/usr/bin/apt-get')) {
    const missing = missingModules(debian, needed) ?? needed.map(([module]) => module);
    // The BLAS that Debian installs by default makes torch several times slower.
    const packages = needed.filter(([module]) => missing.includes(module)).map(([, name]) => name);
    install(['python3', ...packages, 'libopenblas0-pthread'], purpose);
    candidates.push(debian);
    const installed = ready();
    if (installed) return installed;
  }
  throw new Error(`${purpose} need a Python 3 with these packages: ${pip} (name it in SEGBRIDGE_PYTHON if it is not python3)`);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (argv.includes('--training')) console.log(pythonForTraining());
    else {
      console.error(`Python for tests: ${pythonForTests()}`);
      console.error(`Python for the tests of the Slicer extension: ${pythonForSlicerTests()}`);
    }
  } catch (error) {
    console.error(`setup: ${error.message}`);
    process.exit(1);
  }
}
