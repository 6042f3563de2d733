// What the page is at: the scan, the session on it, the segments, and what the user has chosen.

import type { Model } from '@segbridge/contract/segbridge/v1/models_pb.js';
import { PromptKind } from '@segbridge/contract/segbridge/v1/models_pb.js';
import type { Connection } from '../client/connection.ts';
import { holds, type PackedMask } from '../client/masks.ts';
import type { VolumeSession } from '../client/session.ts';
import type { Upload } from '../client/uploader.ts';
import { AS_DEEP_AS_WIDE, type Slice, type Tool } from '../prompts/prompt.ts';
import { Signal } from '../signal.ts';
import type { Layout } from '../viewer/layouts.ts';
import type { Viewer } from '../viewer/viewer.ts';
import { NO_BOX, boxAround, isEmpty, type Box } from '../volume/grid.ts';
import type { Scan, Window } from '../volume/scan.ts';
import { SegmentWork } from './segment.ts';

export interface Notice {
  readonly text: string;
  readonly kind: 'info' | 'warning' | 'error';
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** Something under way that may take more than half a second. */
export interface Activity {
  readonly what: string;
  /** 0..1; null when nobody knows. */
  readonly fraction: number | null;
  readonly cancel: (() => void) | null;
}

/** Label of voxels where candidates disagree. */
export const DISAGREEMENT_LABEL = 250;
const DISAGREEMENT_COLOR = 0xffd257;
const TOOL_KINDS: Partial<Record<Tool, PromptKind>> = {
  point: PromptKind.POINT, scribble: PromptKind.SCRIBBLE, erase: PromptKind.SCRIBBLE, box: PromptKind.BOX, lasso: PromptKind.LASSO,
};

export class Workspace {
  readonly connection: Connection;
  readonly viewer: Viewer;
  readonly scan = new Signal<Scan | null>(null);
  session: VolumeSession | null = null;

  readonly models = new Signal<readonly Model[]>([]);
  readonly modelId = new Signal('');
  readonly segments = new Signal<SegmentWork[]>([]);
  readonly activeId = new Signal('');

  readonly tool = new Signal<Tool>('point');
  readonly positive = new Signal(true);
  readonly radiusMm = new Signal(3);
  /** Slices to each side that a box takes in; 0: only the one it is drawn on. */
  readonly boxDepth = new Signal(AS_DEEP_AS_WIDE);
  readonly auto = new Signal(true);

  readonly layout = new Signal<Layout>('all');
  readonly window = new Signal<Window>({ lower: 0, upper: 1 });
  readonly opacity = new Signal(0.45);
  readonly contour = new Signal(false);
  readonly disagreement = new Signal(false);
  readonly showPrompts = new Signal(true);

  readonly notice = new Signal<Notice | null>(null);
  readonly activity = new Signal<Activity | null>(null);
  /** Bricks that a step waits for, while there are any. */
  readonly upload = new Signal<Upload | null>(null);
  /** The slice that is worked on; null while none is in view. */
  readonly place = new Signal<Slice | null>(null);
  /** The masks as they were saved last, see print(). */
  private saved = '';
  /** Where the screen may show masks of this scan. */
  private painted = NO_BOX;

  constructor(connection: Connection, viewer: Viewer) {
    this.connection = connection;
    this.viewer = viewer;
    this.scan.watch(() => {
      this.painted = NO_BOX;
    });
  }

  get active(): SegmentWork | null {
    return this.segments.value.find((segment) => segment.id === this.activeId.value) ?? null;
  }

  get model(): Model | null {
    return this.models.value.find((model) => model.id === this.modelId.value) ?? null;
  }

  /** Whether the chosen model takes what a tool draws. */
  takes(tool: Tool): boolean {
    const kind = TOOL_KINDS[tool];
    return kind === undefined || this.model === null || this.model.prompts.includes(kind);
  }

  /** @param action What the user may do about it. */
  say(text: string, kind: Notice['kind'] = 'info', action?: Notice['action']): void {
    this.notice.set({ text, kind, ...(action ? { action } : {}) });
  }

  goToHint(): void {
    if (this.active?.hint) this.viewer.slices.moveTo(this.active.hint);
  }

  get hasMasks(): boolean {
    return this.segments.value.some((segment) => (segment.info?.voxelCount ?? 0n) > 0n);
  }

  get isSaved(): boolean {
    return !this.hasMasks || this.saved === this.print();
  }

  noteSaved(): void {
    this.saved = this.print();
  }

  /** Tells one state of the masks from another. */
  private print(): string {
    return this.segments.value.map((segment) => `${segment.id}/${segment.step}/${segment.info?.voxelCount ?? 0n}`).join(' ');
  }

  // ---- masks on the screen ---------------------------------------------------------------------------------

  /** Shows the masks as they are now inside a box. */
  paint(box: Box): void {
    if (isEmpty(box)) return;
    this.painted = boxAround(this.painted, box);
    const shown = this.segments.value.map((segment, n) => ({ segment, label: n + 1 })).filter(({ segment }) => segment.visible);
    // The active one lies on top.
    shown.sort((one, two) => Number(one.segment.id === this.activeId.value) - Number(two.segment.id === this.activeId.value));
    const { disputed } = this;
    this.viewer.masks.setLabels(box, (i, j, k) => {
      if (disputed && holds(disputed, i, j, k)) return DISAGREEMENT_LABEL;
      let label = 0;
      for (const entry of shown) if (entry.segment.mask.holds(i, j, k)) label = entry.label;
      return label;
    });
  }

  /** Shows the masks as they are now wherever there was one, and inside a box besides. */
  paintAll(also = NO_BOX): void {
    if (!this.scan.value) return;
    this.viewer.masks.setColors(this.segments.value.map((segment) => segment.color), { [DISAGREEMENT_LABEL]: DISAGREEMENT_COLOR });
    this.paint(boxAround(this.painted, also, this.disputed?.box ?? NO_BOX));
  }

  private get disputed(): PackedMask | undefined {
    return this.disagreement.value ? this.active?.candidates?.disagreement : undefined;
  }

  /** Something about the segments changed. */
  changed(): void {
    this.segments.tell();
    this.viewer.redraw();
  }
}
