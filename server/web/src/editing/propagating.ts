// Filling slices from finished ones, with live progress.

import { isSuperseded, wordsOf } from '../client/errors.ts';
import type { Slice } from '../prompts/prompt.ts';
import { gridSlice, type Stepping } from './stepping.ts';
import type { Workspace } from './workspace.ts';

// Beyond it most masks are wrong, or past the object's end.
const STOP_BELOW = 0.8;

const count = (slices: number): string => `${slices} ${slices === 1 ? 'slice' : 'slices'}`;

/** Fills up to so many slices on each side of the accepted ones, or of those worked on, across the axis of a slice. */
export async function propagate(work: Workspace, stepping: Stepping, start: Slice, reach: number): Promise<void> {
  const [segment, session, scan] = [work.active, work.session, work.scan.value];
  const model = work.models.value.find((known) => known.id === work.modelId.value && known.dimension === 2)
    ?? work.models.value.find((known) => known.dimension === 2);
  if (!segment || !session || !scan) return;
  if (!model) {
    work.say('Propagation needs a 2D model, and this server has none ready.', 'warning');
    return;
  }
  const abort = new AbortController();
  const [first, last] = [Math.max(0, start.index - reach), Math.min(scan.grid.size[start.across] - 1, start.index + reach)];
  const show = (fraction: number): void => work.activity.set({ what: `propagating through slices ${first + 1} to ${last + 1}`, fraction, cancel: () => abort.abort() });
  show(0);
  let slices = 0;
  const ends: string[] = [];
  try {
    await session.propagate({ segmentId: segment.id, modelId: model.id, from: [gridSlice(start)], first, last, stopBelow: STOP_BELOW }, async (event) => {
      if (event.case === 'progress') show(event.value.fraction);
      if (event.case === 'stopped') ends.push(`stopped before slice ${(event.value.slice?.index ?? 0) + 1}`);
      if (event.case === 'result') {
        slices++;
        await stepping.take(segment, event.value, 'propagation', null);
      }
    }, abort.signal);
    work.say(`${count(slices)} filled${ends.length > 0 ? `; ${ends.join(', ')} (end of the object, or unsure)` : ''}. One undo takes them back.`);
  } catch (error) {
    if (work.session !== session) return;
    if (abort.signal.aborted) work.say(`Propagation ended; ${count(slices)} done so far stay. One undo takes them back.`);
    else if (!isSuperseded(error)) work.say(wordsOf(error), 'error');
  } finally {
    if (work.session === session) work.activity.set(null);
  }
}
