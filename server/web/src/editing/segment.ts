// One object that is being segmented: its mask, prompts, candidates and history as this page knows them.

import type { Segment } from '@segbridge/contract/segbridge/v1/sessions_pb.js';
import { VolumeMask, type PackedMask } from '../client/masks.ts';
import type { Drawn } from '../prompts/prompt.ts';
import type { Vec3 } from '../volume/grid.ts';

export interface Candidate {
  readonly index: number;
  /** Predicted Dice, 0..1. */
  readonly confidence: number;
  readonly millilitres: number;
  readonly mask: PackedMask;
}

export interface CandidateSet {
  readonly candidates: readonly Candidate[];
  /** Voxels that some hold and others do not. */
  readonly disagreement: PackedMask;
  /** The candidate taken, by step: the one that proposed them, and choices made among them. */
  readonly chosen: Map<number, number>;
}

/** A step, for the list to go back to. */
export interface StepRecord {
  readonly step: number;
  readonly what: string;
  readonly confidence: number | null;
  readonly millilitres: number;
  /** From the pointer's release to the mask on the screen; in the server; in the network. */
  readonly milliseconds: { total: number; server: number; model: number } | null;
}

export interface PlacedPrompt {
  readonly drawn: Drawn;
  /** The request that carries it; 0 while it waits for one. */
  request: number;
  /** The step that it became part of. */
  step: number | null;
}

export class SegmentWork {
  readonly id: string;
  name: string;
  /** 0xRRGGBB */
  color: number;
  visible = true;
  readonly mask: VolumeMask;
  /** As the server last said; null before the first word about it. */
  info: Segment | null = null;
  prompts: PlacedPrompt[] = [];
  candidateSets: CandidateSet[] = [];
  records: StepRecord[] = [];
  hint: Vec3 | null = null;
  /** The newest step whose mask is shown. */
  newest = 0;

  constructor(id: string, name: string, color: number, size: Vec3) {
    this.id = id;
    this.name = name;
    this.color = color;
    this.mask = new VolumeMask(size);
  }

  /** Voxels of its scan. */
  get size(): Vec3 {
    return this.mask.box.upper;
  }

  get step(): number {
    return this.info?.step ?? 0;
  }

  /** Candidates that can be chosen from now. */
  get candidates(): CandidateSet | null {
    return this.candidateSets.find((set) => set.chosen.has(this.step)) ?? null;
  }

  /** What was drawn up to the step that is shown, and what is on its way. */
  get shownPrompts(): Drawn[] {
    return this.prompts.filter((prompt) => prompt.step === null || prompt.step <= this.step).map((prompt) => prompt.drawn);
  }

  /** A new step replaces those that were undone before it. */
  forgetFrom(step: number): void {
    this.prompts = this.prompts.filter((prompt) => prompt.step === null || prompt.step < step);
    this.records = this.records.filter((record) => record.step < step);
    for (const { chosen } of this.candidateSets) for (const known of chosen.keys()) if (known >= step) chosen.delete(known);
    this.candidateSets = this.candidateSets.filter((set) => set.chosen.size > 0);
  }
}

// Apart for the colour-blind too, and none like the colours of prompts.
export const PALETTE = [0x4cc2ff, 0xf7b955, 0xc792ea, 0x7fe0c3, 0xff8fb1, 0xb8d14b, 0x8fa8ff, 0xe0a080] as const;
