// A folder of DICOM slices: dcm2niix, compiled to WebAssembly, reads it in a worker of this page.

import { gunzip, isGzip } from './inflate.ts';
import { readNifti } from './nifti.ts';
import { ScanError, type Scan } from './scan.ts';

declare const DCM2NIIX_FOLDER: string;

interface Converter {
  worker: Worker;
  init(): Promise<boolean>;
  input(files: File[]): { b(value: string): { run(): Promise<File[]> } };
}

/** The series with most voxels among the files. */
export async function readDicom(files: readonly File[], name: string): Promise<Scan> {
  const address = new URL(`${DCM2NIIX_FOLDER}index.jpeg.js`, import.meta.url).href;
  const { Dcm2niix } = (await import(address)) as { Dcm2niix: new () => Converter };
  const converter = new Dcm2niix();
  await converter.init();
  try {
    // No sidecar: only voxels and geometry are taken.
    const made = (await converter.input([...files]).b('n').run()).filter((file) => /\.nii(\.gz)?$/.test(file.name));
    const scans = await Promise.all(made.map(async (file) => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      return readNifti(isGzip(bytes) ? await gunzip(bytes) : bytes, name);
    }));
    const [largest, ...others] = scans.sort((one, two) => two.voxels.length - one.voxels.length);
    if (!largest) throw new ScanError('No DICOM image was found in these files.');
    const scan = { ...largest, dicom: files };
    return others.length === 0 ? scan : { ...scan, remark: `These files hold ${scans.length} series; the one with most voxels is open. Drop the files of another one to open that.` };
  } finally {
    converter.worker.terminate();
  }
}
