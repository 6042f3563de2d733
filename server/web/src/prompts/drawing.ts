// Draws prompts on the slices with the chosen tool: by the pointer, or by keys at the crosshair. Without a tool the pointer
// is NiiVue's.

import type { Axis } from '../viewer/displayGrid.ts';
import type { Slices } from '../viewer/slices.ts';
import type { Grid, Vec3 } from '../volume/grid.ts';
import { boxBetween, voxelAt, type Drawn, type Slice, type Tool } from './prompt.ts';

export interface Hand {
  readonly tool: Tool;
  readonly positive: boolean;
  readonly radiusMm: number;
  /** Slices to each side that a box takes in; 0 for one on this slice alone; AS_DEEP_AS_WIDE. */
  readonly boxDepth: number;
}

const LEFT = 0;
/** In place of a tile of the viewer: the crosshair holds the pen. */
const BY_KEYS = -1;

export class Drawing {
  /** What is being drawn, to be seen. */
  current: Drawn | null = null;
  onChange: () => void = () => {};
  onDrawn: (drawn: Drawn) => void = () => {};
  private readonly slices: Slices;
  private readonly grid: () => Grid | null;
  private readonly hand: () => Hand;
  /** The tile that the stroke began on; null while none is drawn. */
  private tile: number | null = null;
  private slice: Slice = { across: 2, index: 0 };
  private path: Vec3[] = [];
  private positive = true;

  constructor(slices: Slices, surface: HTMLElement, grid: () => Grid | null, hand: () => Hand) {
    this.slices = slices;
    this.grid = grid;
    this.hand = hand;
    // Caught on the way down, before NiiVue's own listeners on the canvas.
    surface.addEventListener('mousedown', (event) => this.press(event), { capture: true });
    window.addEventListener('mousemove', (event) => this.move(event), { capture: true });
    window.addEventListener('mouseup', (event) => this.release(event), { capture: true });
  }

  get isDrawing(): boolean {
    return this.tile !== null;
  }

  cancel(): void {
    this.tile = this.current = null;
    this.path = [];
    this.onChange();
  }

  /** By keys: puts the pen down at the crosshair or, when it is down, lifts it. A click is done at once. */
  toggleAtCrosshair(): void {
    const { tool, positive } = this.hand();
    if (this.isDrawing) {
      this.followCrosshair();
      this.finish();
      return;
    }
    const slice = this.slices.main();
    if (tool === 'move' || !slice || !this.grid()) return;
    this.begin(BY_KEYS, slice.across, this.slices.crosshair(), positive);
    if (tool === 'point') this.finish();
  }

  /** The crosshair moved: a pen put down by keys draws. */
  followCrosshair(): void {
    if (this.tile !== BY_KEYS) return;
    const at = this.slices.crosshair();
    // On another slice the pen waits for the crosshair to come back.
    if (at[this.slice.across] === this.slice.index && String(at) !== String(this.path.at(-1))) this.extend(at);
  }

  private press(event: MouseEvent): void {
    const { tool, positive } = this.hand();
    if (event.button !== LEFT || tool === 'move' || event.altKey) return;
    const spot = this.slices.spotAt(event.clientX, event.clientY);
    if (!spot || !this.grid()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.begin(spot.tile, spot.across, spot.ijk, event.ctrlKey || event.metaKey ? !positive : positive);
  }

  private move(event: MouseEvent): void {
    if (this.tile === null || this.tile === BY_KEYS) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const spot = this.slices.spotAt(event.clientX, event.clientY);
    // Beyond the border of its slice a stroke waits for the pointer to come back.
    if (spot?.tile === this.tile) this.extend(spot.ijk);
  }

  private release(event: MouseEvent): void {
    if (this.tile === null || this.tile === BY_KEYS || event.button !== LEFT) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.finish();
  }

  private begin(tile: number, across: Axis, at: Vec3, positive: boolean): void {
    this.tile = tile;
    this.slice = { across, index: this.slices.crosshair()[across] };
    this.positive = positive;
    this.path = [];
    this.extend(at);
  }

  /** Goes on to a position, taken on the slice itself, where 2D models want it. */
  private extend(at: Vec3): void {
    this.path.push(at.map((value, axis) => (axis === this.slice.across ? this.slice.index : value)) as unknown as Vec3);
    this.update();
  }

  private finish(): void {
    const drawn = this.current;
    this.cancel();
    if (drawn) this.onDrawn(drawn);
  }

  private update(): void {
    const { tool, radiusMm, boxDepth } = this.hand();
    const { slice, path } = this;
    const [grid, last] = [this.grid()!, path.at(-1)!];
    const drawn = (shape: Drawn['shape'], positive = this.positive): Drawn => ({ shape, positive, slice });
    switch (tool) {
      case 'point': this.current = drawn({ kind: 'point', at: voxelAt(grid, path[0]) }); break;
      case 'scribble': this.current = drawn({ kind: 'scribble', path: [...path], radiusMm }); break;
      case 'erase': this.current = drawn({ kind: 'scribble', path: [...path], radiusMm }, false); break;
      case 'lasso': this.current = path.length < 3 ? null : drawn({ kind: 'lasso', path: [...path] }); break;
      case 'box': {
        const box = boxBetween(grid, path[0], last, slice, boxDepth);
        this.current = box && drawn({ kind: 'box', box }, true);
        break;
      }
      case 'move': break;
    }
    this.onChange();
  }
}
