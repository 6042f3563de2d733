// Files that were dropped or chosen become a scan.

import { readDicom } from './dicom.ts';
import { gunzip, isGzip } from './inflate.ts';
import { readNifti } from './nifti.ts';
import { readNrrd } from './nrrd.ts';
import { ScanError, type Scan } from './scan.ts';

const DICOM_MARK = 128;

const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean => new TextDecoder('latin1').decode(bytes.subarray(at, at + text.length)) === text;

/** Whether a file is DICOM by its mark; without one (old files), by its name. */
const isDicom = (bytes: Uint8Array, name: string): boolean => startsWith(bytes, 'DICM', DICOM_MARK) || /\.(dcm|ima)$/i.test(name);

/** A NIfTI or NRRD file, or the DICOM files of one series, of a file or folder by this name. Throws ScanError, with words for people. */
export async function openFiles(files: readonly File[], name: string): Promise<Scan> {
  // Folders hold files of the system's own as well.
  const real = files.filter((file) => !file.name.startsWith('.'));
  const volumes = real.filter((file) => /\.(nii(\.gz)?|nrrd)$/i.test(file.name));
  if (volumes.length > 1) throw new ScanError('Open one volume at a time: these are several NIfTI or NRRD files.');
  const [first] = volumes.length === 1 ? volumes : real;
  if (!first) throw new ScanError('The folder is empty.');
  const start = new Uint8Array(await first.slice(0, 1024).arrayBuffer());
  if (volumes.length === 0 && (real.length > 1 || isDicom(start, first.name))) return readDicom(real, name);
  return readVolume(new Uint8Array(await first.arrayBuffer()), first.name);
}

async function readVolume(bytes: Uint8Array, name: string): Promise<Scan> {
  if (startsWith(bytes, 'NRRD')) return readNrrd(bytes, name);
  return readNifti(isGzip(bytes) ? await gunzip(bytes) : bytes, name);
}

/** A scan that the server offers to try. */
export async function openSample(name: string): Promise<Scan> {
  const reply = await fetch(`samples/${name}`);
  if (!reply.ok) throw new ScanError(`This server offers no sample ${name}.`);
  return readNifti(await gunzip(new Uint8Array(await reply.arrayBuffer())), name);
}
