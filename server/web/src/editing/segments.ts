// The list of segments: new ones, names, colours, which is shown and which is worked on.

import { wordsOf } from '../client/errors.ts';
import { PALETTE, SegmentWork } from './segment.ts';
import type { Workspace } from './workspace.ts';

const LIMIT = 200;

/** Makes a segment the one that is worked on. */
export function activate(work: Workspace, segment: SegmentWork): void {
  if (work.activeId.value === segment.id) return;
  work.activeId.set(segment.id);
  work.paintAll();
  work.changed();
}

export async function addSegment(work: Workspace): Promise<void> {
  const scan = work.scan.value;
  const known = work.segments.value;
  if (!scan || known.length >= LIMIT) return;
  let number = known.length + 1;
  while (known.some((segment) => segment.id === String(number))) number++;
  const segment = new SegmentWork(String(number), `Segment ${number}`, PALETTE[(number - 1) % PALETTE.length], scan.grid.size);
  work.segments.set([...known, segment]);
  work.activeId.set(segment.id);
  work.paintAll();
  await tell(work, segment);
}

export async function describe(work: Workspace, segment: SegmentWork, { name, color }: { name?: string; color?: number }): Promise<void> {
  if (name !== undefined && name.trim()) segment.name = name.trim().slice(0, 100);
  if (color !== undefined) segment.color = color;
  work.paintAll();
  work.changed();
  await tell(work, segment);
}

export async function removeSegment(work: Workspace, segment: SegmentWork): Promise<void> {
  work.segments.set(work.segments.value.filter((other) => other !== segment));
  if (work.activeId.value === segment.id) work.activeId.set(work.segments.value[0]?.id ?? '');
  work.paintAll();
  await work.session?.removeSegment(segment.id).catch((error: unknown) => work.say(wordsOf(error), 'error'));
  if (work.segments.value.length === 0) await addSegment(work);
}

async function tell(work: Workspace, { id, name, color }: SegmentWork): Promise<void> {
  try {
    await work.session?.putSegment({ id, name, color });
  } catch (error) {
    work.say(wordsOf(error), 'error');
  }
}
