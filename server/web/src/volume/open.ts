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

/** A NIfTI or NRRD file, or the DICOM files of one series. Throws ScanError, with words for people. */
export async function openFiles(files: File[]): Promise<Scan> {
  const [first] = files;
  if (!first) throw new ScanError('The folder is empty.');
  const start = new Uint8Array(await first.slice(0, 1024).arrayBuffer());
  if (files.length > 1 || isDicom(start, first.name)) {
    const folder = first.webkitRelativePath.split('/')[0];
    return readDicom(files, folder || first.name);
  }
  let bytes = new Uint8Array(await first.arrayBuffer());
  if (startsWith(bytes, 'NRRD')) return readNrrd(bytes, first.name);
  if (isGzip(bytes)) bytes = await gunzip(bytes);
  return readNifti(bytes, first.name);
}

/** A scan that the server offers to try. */
export async function openSample(name: string): Promise<Scan> {
  const reply = await fetch(`samples/${name}`);
  if (!reply.ok) throw new ScanError(`This server offers no sample ${name}.`);
  return readNifti(await gunzip(new Uint8Array(await reply.arrayBuffer())), name);
}
