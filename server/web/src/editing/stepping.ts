// The click loop: prompts go out, masks come back. Latest wins; nothing here waits for a dialog.

import { Axis } from '@segbridge/contract/segbridge/v1/geometry_pb.js';
import type { Candidates, HistoryReply, StepResult } from '@segbridge/contract/segbridge/v1/sessions_pb.js';
import { isBusy, isCancelled, isSuperseded, isWrongState, wordsOf } from '../client/errors.ts';
import { decodeMask } from '../client/masks.ts';
import { messageOf, type Drawn, type Slice } from '../prompts/prompt.ts';
import type { Vec3 } from '../volume/grid.ts';
import type { Candidate, CandidateSet, PlacedPrompt, SegmentWork, StepRecord } from './segment.ts';
import type { Workspace } from './workspace.ts';

const AXES = [Axis.I, Axis.J, Axis.K] as const;
export const gridSlice = ({ across, index }: Slice): { axis: Axis; index: number } => ({ axis: AXES[across], index });

export class Stepping {
  private readonly work: Workspace;
  private requests = 0;
  private running = new Map<number, AbortController>();

  constructor(work: Workspace) {
    this.work = work;
  }

  get isRunning(): boolean {
    return this.running.size > 0;
  }

  /** A prompt was drawn: predicts at once, or when asked to. */
  async prompt(drawn: Drawn): Promise<void> {
    const { work } = this;
    const segment = work.active;
    if (!segment || !work.session) return;
    segment.prompts.push({ drawn, request: 0, step: null });
    work.changed();
    if (work.auto.value) await this.predict();
  }

  /** Sends the prompts that wait. A 2D model works on one slice at a time. */
  async predict(): Promise<void> {
    const { work } = this;
    const segment = work.active;
    if (!segment || !work.session || !work.model) return;
    const waiting = segment.prompts.filter((prompt) => prompt.request === 0);
    if (waiting.length === 0) return;
    if (work.model.dimension === 3) return this.step(segment, waiting, null);
    const bySlice = new Map<string, PlacedPrompt[]>();
    for (const prompt of waiting) {
      const key = `${prompt.drawn.slice.across}/${prompt.drawn.slice.index}`;
      bySlice.set(key, [...(bySlice.get(key) ?? []), prompt]);
    }
    for (const prompts of bySlice.values()) await this.step(segment, prompts, prompts[0].drawn.slice);
  }

  /** Gives up what is under way, with its prompts. */
  cancel(): void {
    for (const abort of this.running.values()) abort.abort();
  }

  async choose(candidate: number): Promise<void> {
    const { work } = this;
    const [segment, set] = [work.active, work.active?.candidates];
    if (!segment || !set || !work.session || set.chosen.get(segment.step) === candidate) return;
    const start = performance.now();
    await this.guarded('refining the candidate', async () => {
      const result = await work.session!.choose(segment.id, segment.step, candidate);
      await this.take(segment, result, `candidate ${candidate + 1} chosen`, performance.now() - start);
      set.chosen.set(result.step, candidate);
      if (!segment.candidateSets.includes(set)) segment.candidateSets.push(set);
      work.changed();
    });
  }

  undo(): Promise<void> {
    return this.history((segment) => this.work.session!.undo(segment.id));
  }

  redo(): Promise<void> {
    return this.history((segment) => this.work.session!.redo(segment.id));
  }

  goTo(step: number): Promise<void> {
    return this.history((segment) => this.work.session!.goToStep(segment.id, step));
  }

  /** The result of any step: its mask, figures and hint. */
  async take(segment: SegmentWork, result: StepResult, what: string, total: number | null): Promise<void> {
    const late = result.step < segment.newest;
    const region = late ? await this.fetched(segment) : await decodeMask(result.changed, segment.size);
    // Removed meanwhile, or another scan is open.
    if (!this.work.segments.value.includes(segment)) return;
    if (late) segment.mask.clear();
    segment.mask.apply(region);
    segment.newest = Math.max(segment.newest, result.step);
    if (segment.step < result.step) segment.forgetFrom(result.step);
    segment.info = result.segment ?? segment.info;
    const spot = result.nextPrompt?.ijk;
    segment.hint = spot ? [spot.i, spot.j, spot.k] : null;
    const { timing } = result;
    const record: StepRecord = {
      step: result.step, what, confidence: result.confidence, millilitres: result.segment?.volumeMl ?? 0,
      milliseconds: total === null ? null : { total, server: timing?.totalMs ?? 0, model: timing?.modelMs ?? 0 },
    };
    segment.records = [...segment.records.filter((known) => known.step !== result.step), record];
    if (late) this.work.paintAll(region.box);
    else this.work.paint(region.box);
    this.work.changed();
  }

  /** Takes the whole mask of a segment from the server. */
  async refresh(segment: SegmentWork): Promise<void> {
    const region = await this.fetched(segment);
    segment.mask.clear();
    segment.mask.apply(region);
    segment.newest = segment.step;
    this.work.paintAll(region.box);
    this.work.changed();
  }

  private async fetched(segment: SegmentWork): Promise<Awaited<ReturnType<typeof decodeMask>>> {
    return decodeMask((await this.work.session!.mask(segment.id)).mask, segment.size);
  }

  private async step(segment: SegmentWork, prompts: PlacedPrompt[], slice: Slice | null): Promise<void> {
    const { work } = this;
    const { session } = work;
    const request = ++this.requests;
    for (const prompt of prompts) prompt.request = request;
    work.segments.tell();
    const abort = new AbortController();
    this.running.set(request, abort);
    const start = performance.now();
    const show = (what: string, fraction: number | null): void => {
      if (request === this.requests) work.activity.set({ what, fraction, cancel: () => this.cancel() });
    };
    show('predicting', null);
    let proposed: Candidates | null = null;
    try {
      const { lower, upper } = work.window.value;
      const result = await session!.predict({
        segmentId: segment.id, modelId: work.modelId.value, prompts: prompts.map(({ drawn }) => messageOf(drawn)), window: { lower, upper },
        ...(slice ? { plane: { case: 'slice', value: gridSlice(slice) } } : {}),
      }, {
        onStage: (stage, fraction) => show(stage, fraction > 0 ? fraction : null),
        onCandidates: (candidates) => {
          proposed = candidates;
        },
      }, abort.signal);
      const set = proposed && (await decoded(proposed, result.step, segment.size));
      await this.take(segment, result, nameOf(prompts), performance.now() - start);
      // Steps that this one superseded are part of it.
      for (const prompt of segment.prompts) if (prompt.step === null && prompt.request > 0 && prompt.request <= request) prompt.step = result.step;
      if (set) segment.candidateSets.push(set);
      if (work.disagreement.value) work.paintAll();
      work.changed();
    } catch (error) {
      if (isSuperseded(error) || work.session !== session) return;
      const again = isBusy(error) && !abort.signal.aborted;
      // Nobody draws a prompt twice because the server had no room for it.
      if (again) for (const prompt of prompts) prompt.request = 0;
      else segment.prompts = segment.prompts.filter((prompt) => !prompts.includes(prompt));
      work.changed();
      if (!abort.signal.aborted && !isCancelled(error)) work.say(wordsOf(error), 'error', again ? { label: 'Try again', run: () => void this.predict() } : undefined);
    } finally {
      this.running.delete(request);
      if (request === this.requests && work.session === session) work.activity.set(null);
    }
  }

  private async history(call: (segment: SegmentWork) => Promise<HistoryReply>): Promise<void> {
    const { work } = this;
    const segment = work.active;
    if (!segment || !work.session) return;
    await this.guarded('going through the history', async () => {
      const reply = await call(segment);
      const region = await decodeMask(reply.changed, segment.size);
      segment.mask.apply(region);
      segment.info = reply.segment ?? segment.info;
      segment.newest = segment.step;
      segment.hint = null;
      if (work.disagreement.value) work.paintAll();
      else work.paint(region.box);
      work.changed();
    });
  }

  private async guarded(what: string, action: () => Promise<void>): Promise<void> {
    const { work } = this;
    const { session } = work;
    work.activity.set({ what, fraction: null, cancel: null });
    try {
      await action();
    } catch (error) {
      if (work.session !== session) return;
      // Nothing to undo is no error to a person.
      work.say(wordsOf(error), isWrongState(error) ? 'info' : 'error');
    } finally {
      if (!this.isRunning && work.session === session) work.activity.set(null);
    }
  }
}

async function decoded({ candidates, chosen, disagreement }: Candidates, step: number, size: Vec3): Promise<CandidateSet> {
  const list = await Promise.all(candidates.map(async (item): Promise<Candidate> => ({
    index: item.index, confidence: item.confidence, millilitres: item.volumeMl, mask: await decodeMask(item.mask, size),
  })));
  return { candidates: list, disagreement: await decodeMask(disagreement, size), chosen: new Map([[step, chosen]]) };
}

function nameOf(prompts: readonly PlacedPrompt[]): string {
  const [first] = prompts;
  if (!first || prompts.length > 1) return `${prompts.length} prompts`;
  const { shape, positive } = first.drawn;
  return shape.kind === 'box' ? 'box' : `${positive ? '+' : '−'} ${shape.kind}`;
}
