// Saving: the server writes the file, on the scan's own grid, and the browser keeps it.

import { isRefused, wordsOf } from '../client/errors.ts';
import type { FileKind, VolumeSession } from '../client/session.ts';
import { headersOf } from '../volume/dicomHeaders.ts';
import { ScanError } from '../volume/scan.ts';
import type { Workspace } from '../editing/workspace.ts';

const ENDINGS: Record<FileKind, string> = { nifti: '.nii.gz', nrrd: '.seg.nrrd', seg: '-seg.dcm' };

/** A DICOM segmentation of the series that the scan was made of: of several in the folder the first that lies on its voxels. */
async function segmentation(session: VolumeSession): Promise<Blob> {
  const series = await headersOf(session.scan.dicom ?? []);
  let refusal: unknown = new ScanError('The files do not say which DICOM images they are.');
  for (const headers of series) {
    try {
      return await session.export('seg', headers);
    } catch (error) {
      if (!isRefused(error)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

export async function save(work: Workspace, kind: FileKind): Promise<void> {
  const { session } = work;
  if (!session) return;
  work.activity.set({ what: 'writing the file', fraction: null, cancel: null });
  try {
    const blob = await (kind === 'seg' ? segmentation(session) : session.export(kind));
    const base = session.scan.name.replace(/\.(nii(\.gz)?|nrrd|dcm)$/i, '') || 'scan';
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${base}-segments${ENDINGS[kind]}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    work.noteSaved();
    work.say(`Saved ${link.download}.`);
  } catch (error) {
    work.say(wordsOf(error), 'error');
  } finally {
    work.activity.set(null);
  }
}
