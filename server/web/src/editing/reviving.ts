// After the server has a session again: the page takes over what the server has, or gives it what only the page has.

import { create } from '@bufbuild/protobuf';
import { MaskPromptSchema, PromptSchema } from '@segbridge/contract/segbridge/v1/prompts_pb.js';
import type { Revival } from '../client/lifeline.ts';
import { encodeMask } from '../client/masks.ts';
import type { VolumeSession } from '../client/session.ts';
import { recall, remember } from './memory.ts';
import { PALETTE, SegmentWork } from './segment.ts';
import type { Stepping } from './stepping.ts';
import type { Workspace } from './workspace.ts';

/** Nothing happens once the page is at another session. */
export async function takeOver(work: Workspace, stepping: Stepping, session: VolumeSession, { segments, lost }: Revival): Promise<void> {
  for (const info of segments) {
    if (work.session !== session) return;
    let segment = work.segments.value.find((known) => known.id === info.id);
    if (!segment) {
      const n = work.segments.value.length;
      segment = new SegmentWork(info.id, info.name || `Segment ${info.id}`, info.color || PALETTE[n % PALETTE.length], session.scan.grid.size);
      work.segments.set([...work.segments.value, segment]);
    }
    segment.info = info;
    await stepping.refresh(segment);
  }
  if (work.session !== session) return;
  if (lost && segments.length === 0) await restore(work, stepping, session);
  if (lost) work.say(lost, 'warning');
}

/** Puts this page's masks into a session that starts anew. */
async function restore(work: Workspace, stepping: Stepping, session: VolumeSession): Promise<void> {
  const memory = recall();
  if (memory) remember({ ...memory, sessionId: session.id });
  const model = work.models.value.find((known) => known.dimension === 3);
  for (const segment of work.segments.value) {
    segment.forgetFrom(0);
    segment.newest = 0;
    const box = segment.info?.boundingBox;
    segment.info = await session.putSegment({ id: segment.id, name: segment.name, color: segment.color });
    if (!box?.lower || !box.upper || box.upper.i <= box.lower.i || !model) continue;
    const mask = await encodeMask(segment.mask.cut({ lower: [box.lower.i, box.lower.j, box.lower.k], upper: [box.upper.i, box.upper.j, box.upper.k] }));
    const prompt = create(PromptSchema, { kind: { case: 'mask', value: create(MaskPromptSchema, { mask }) } });
    const result = await session.predict({ segmentId: segment.id, modelId: model.id, prompts: [prompt] },
      { onStage: () => undefined, onCandidates: () => undefined }, new AbortController().signal);
    await stepping.take(segment, result, 'mask kept here', null);
  }
}
