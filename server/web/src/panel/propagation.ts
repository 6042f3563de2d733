// The group of propagation: slices that are finished fill those around them.

import { wordsOf } from '../client/errors.ts';
import { propagate } from '../editing/propagating.ts';
import { gridSlice, type Stepping } from '../editing/stepping.ts';
import type { Workspace } from '../editing/workspace.ts';
import { button, field, group, h } from './dom.ts';

export async function acceptSlice(work: Workspace): Promise<void> {
  const [segment, slice] = [work.active, work.viewer.slices.main()];
  if (!segment || !slice || !work.session) return;
  const { axis, index } = gridSlice(slice);
  const accepted = segment.info?.accepted.some((known) => known.axis === axis && known.index === index) ?? false;
  try {
    segment.info = await work.session.accept(segment.id, axis, index, !accepted);
    work.changed();
  } catch (error) {
    work.say(wordsOf(error), 'error');
  }
}

export function propagationGroup(work: Workspace, stepping: Stepping): HTMLElement {
  const reach = h('input', { type: 'number', min: '1', max: '200', value: '10', id: 'reach', title: 'Slices to each side' });
  const accept = button('Slice is finished', () => acceptSlice(work), { id: 'accept', title: 'Mark the slice in the large view as finished (A)' });
  const run = button('Fill slices around', () => {
    const slice = work.viewer.slices.main();
    if (slice) void propagate(work, stepping, slice, Math.max(1, Number(reach.value) || 10));
  }, { id: 'propagate', title: 'From the slice in the large view, forward and backward' });
  const note = h('p', { className: 'note' });
  const show = (): void => {
    const slice = work.viewer.slices.main();
    const info = work.active?.info;
    const accepted = slice ? info?.accepted.some((known) => known.axis === gridSlice(slice).axis && known.index === slice.index) : false;
    accept.ariaPressed = String(accepted === true);
    note.textContent = info && info.accepted.length > 0 ? `${info.accepted.length} slices finished` : 'Finish one slice, then fill its neighbours.';
    run.disabled = !info || info.voxelCount === 0n;
  };
  work.segments.watch(show);
  work.activeId.watch(show);
  work.place.watch(show);
  return group('Slice by slice', 'propagation', h('div', { className: 'row' }, accept, run), field('Slices ±', reach), note);
}
