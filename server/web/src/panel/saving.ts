// Saving, always in reach.

import { save } from '../save/save.ts';
import type { Workspace } from '../editing/workspace.ts';
import { button, h } from './dom.ts';

export function saveButtons(work: Workspace): HTMLElement {
  const nifti = button('Save NIfTI', () => save(work, 'nifti'), { id: 'save-nifti', title: 'All segments as labels 1, 2, 3, ... on the scan’s own grid (.nii.gz)' });
  const nrrd = button('Save NRRD', () => save(work, 'nrrd'), { id: 'save-nrrd', title: 'All segments with names and colours, on the scan’s own grid (.seg.nrrd)' });
  const seg = button('Save SEG', () => save(work, 'seg'), {
    id: 'save-seg', title: 'All segments as a DICOM segmentation of the images that were opened (.dcm). Their headers, which name the patient, go to the server for this.',
  });
  work.segments.watch(() => {
    seg.hidden = !work.session?.scan.dicom;
    seg.disabled = nifti.disabled = nrrd.disabled = !work.hasMasks;
  });
  return h('div', { className: 'row saving' }, nifti, nrrd, seg);
}
