// The pointer on the slices: draws prompts with the chosen tool; with none it is NiiVue's.

import type { Viewer, Spot } from '../viewer/viewer.ts';
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

export class Drawing {
  /** What is being drawn, to be seen. */
  current: Drawn | null = null;
  onChange: () => void = () => {};
  onDrawn: (drawn: Drawn) => void = () => {};
  private readonly viewer: Viewer;
  private readonly grid: () => Grid | null;
  private readonly hand: () => Hand;
  private start: Spot | null = null;
  private slice: Slice | null = null;
  private path: Vec3[] = [];

  constructor(viewer: Viewer, surface: HTMLElement, grid: () => Grid | null, hand: () => Hand) {
    this.viewer = viewer;
    this.grid = grid;
    this.hand = hand;
    // Caught on the way down, before NiiVue's own listeners on the canvas.
    surface.addEventListener('mousedown', (event) => this.press(event), { capture: true });
    window.addEventListener('mousemove', (event) => this.move(event), { capture: true });
    window.addEventListener('mouseup', (event) => this.release(event), { capture: true });
  }

  get isDrawing(): boolean {
    return this.start !== null;
  }

  cancel(): void {
    this.start = this.slice = this.current = null;
    this.path = [];
    this.onChange();
  }

  private press(event: MouseEvent): void {
    const { tool, positive } = this.hand();
    if (event.button !== LEFT || tool === 'move' || event.altKey) return;
    const spot = this.viewer.spotAt(event.clientX, event.clientY);
    if (!spot || !this.grid()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.start = spot;
    this.slice = { across: spot.across, index: this.viewer.crosshair()[spot.across] };
    this.path = [this.onSlice(spot.ijk)];
    this.positive = event.ctrlKey || event.metaKey ? !positive : positive;
    this.update();
  }

  private positive = true;

  private move(event: MouseEvent): void {
    if (!this.start) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const spot = this.viewer.spotAt(event.clientX, event.clientY);
    // Beyond the border of its slice a stroke waits for the pointer to come back.
    if (!spot || spot.tile !== this.start.tile) return;
    this.path.push(this.onSlice(spot.ijk));
    this.update();
  }

  private release(event: MouseEvent): void {
    if (!this.start || event.button !== LEFT) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const drawn = this.current;
    this.cancel();
    if (drawn) this.onDrawn(drawn);
  }

  /** A position on the slice itself, where 2D models want it. */
  private onSlice(ijk: Vec3): Vec3 {
    return ijk.map((value, axis) => (axis === this.slice!.across ? this.slice!.index : value)) as unknown as Vec3;
  }

  private update(): void {
    const { tool, radiusMm, boxDepth } = this.hand();
    const [grid, slice, path, last] = [this.grid()!, this.slice!, this.path, this.path.at(-1)!];
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
