// Saving, always in reach.

import { save } from '../save/save.ts';
import type { Work } from '../work/work.ts';
import { button, h } from './dom.ts';

export function saveButtons(work: Work): HTMLElement {
  const nifti = button('Save NIfTI', () => save(work, 'nifti'), { id: 'save-nifti', title: 'All segments as labels 1, 2, 3, ... on the scan’s own grid (.nii.gz)' });
  const nrrd = button('Save NRRD', () => save(work, 'nrrd'), { id: 'save-nrrd', title: 'All segments with names and colours, on the scan’s own grid (.seg.nrrd)' });
  work.segments.watch(() => {
    nifti.disabled = nrrd.disabled = !work.hasMasks;
  });
  return h('div', { className: 'row saving' }, nifti, nrrd);
}
