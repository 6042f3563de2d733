// Saving: the server writes the file, on the scan's own grid, and the browser keeps it.

import { wordsOf } from '../client/errors.ts';
import type { Work } from '../work/work.ts';

const ENDINGS = { nifti: '.nii.gz', nrrd: '.seg.nrrd' } as const;

export async function save(work: Work, kind: keyof typeof ENDINGS): Promise<void> {
  const { session } = work;
  if (!session) return;
  work.activity.set({ what: 'writing the file', fraction: null, cancel: null });
  try {
    const blob = await session.export(kind);
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
