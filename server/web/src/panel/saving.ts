// The group of saving.

import { save } from '../save/save.ts';
import type { Work } from '../work/work.ts';
import { button, group, h } from './dom.ts';

export function savingGroup(work: Work): HTMLElement {
  const nifti = button('NIfTI', () => save(work, 'nifti'), { id: 'save-nifti', title: 'All segments as labels 1, 2, 3, ... (.nii.gz)' });
  const nrrd = button('NRRD', () => save(work, 'nrrd'), { id: 'save-nrrd', title: 'With names and colours, for 3D Slicer (.seg.nrrd)' });
  work.segments.watch((segments) => {
    nifti.disabled = nrrd.disabled = !segments.some((segment) => (segment.info?.voxelCount ?? 0n) > 0n);
  });
  return group('Save', 'saving', h('div', { className: 'row' }, nifti, nrrd), h('p', { className: 'note' }, 'All segments, on the scan’s own grid.'));
}
