// Prompts, brush and hints, drawn on a canvas over NiiVue's.

import { isOn, type Drawn } from '../prompts/prompt.ts';
import type { Vec3 } from '../volume/grid.ts';
import type { Slices } from './slices.ts';

export const POSITIVE = '#53d37c';
export const NEGATIVE = '#ff6b5e';
const HINT = '#ffd257';
const CROSSHAIR = 'rgba(90, 184, 242, 0.6)';
// Pixels around the crosshair that stay free.
const GAP = 10;
const EDGE = 'rgba(6, 8, 11, 0.85)';

export interface Marks {
  readonly drawn: readonly Drawn[];
  readonly hint: Vec3 | null;
  /** Voxels of the scan. */
  readonly size: Vec3;
  /** Millimetres per voxel, for the width of brushes. */
  readonly spacing: Vec3;
  /** Pointer (client pixels) and radius of the brush, while one is in hand. */
  readonly brush: { x: number; y: number; radiusMm: number; positive: boolean } | null;
}

export class PromptLayer {
  private readonly canvas: HTMLCanvasElement;
  private readonly slices: Slices;

  constructor(canvas: HTMLCanvasElement, slices: Slices) {
    this.canvas = canvas;
    this.slices = slices;
  }

  draw(marks: Marks): void {
    const { canvas } = this;
    const scale = window.devicePixelRatio;
    const [width, height] = [Math.round(canvas.clientWidth * scale), Math.round(canvas.clientHeight * scale)];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const pen = canvas.getContext('2d')!;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    for (const slice of this.slices.inView()) {
      this.drawCrosshair(pen, slice, marks.size);
      for (const drawn of marks.drawn) if (isOn(drawn, slice)) this.drawOne(pen, slice, drawn, marks.spacing);
      const { hint } = marks;
      if (hint && hint[slice.across] === slice.index) this.drawHint(pen, slice.tile, hint);
    }
    if (marks.brush) this.drawBrush(pen, marks.brush, marks.spacing);
  }

  private drawOne(pen: CanvasRenderingContext2D, { tile, across }: { tile: number; across: number }, { shape, positive }: Drawn, spacing: Vec3): void {
    const color = positive ? POSITIVE : NEGATIVE;
    const place = (ijk: ArrayLike<number>): [number, number] | null => this.slices.pointOn(tile, ijk);
    switch (shape.kind) {
      case 'point': {
        const at = place(shape.at);
        if (at) drawPoint(pen, at, color, positive);
        return;
      }
      case 'box': {
        const { lower, upper } = shape.box;
        const at = (corner: readonly number[]): [number, number] | null => place(corner.map((value) => value - 0.5));
        const [u, v] = [0, 1, 2].filter((axis) => axis !== across) as [number, number];
        const corners = [[lower, lower], [upper, lower], [upper, upper], [lower, upper]].map(([first, second]) => {
          const corner = [...lower];
          corner[u] = first[u]!;
          corner[v] = second[v]!;
          return at(corner);
        });
        outline(pen, corners, color, true);
        return;
      }
      case 'lasso':
        outline(pen, shape.path.map(place), color, true);
        return;
      case 'scribble': {
        const points = shape.path.map(place);
        const radius = this.pixels(tile, across, shape.path[0], shape.radiusMm, spacing);
        stroke(pen, points, color, Math.max(2, 2 * radius));
      }
    }
  }

  /** Thin at any zoom, unlike NiiVue's own, and open in the middle. */
  private drawCrosshair(pen: CanvasRenderingContext2D, { tile, across }: { tile: number; across: number }, size: Vec3): void {
    const middle = this.slices.crosshair();
    const at = this.slices.pointOn(tile, middle);
    if (!at) return;
    pen.lineWidth = 1;
    pen.strokeStyle = CROSSHAIR;
    pen.beginPath();
    for (const axis of [0, 1, 2].filter((other) => other !== across)) {
      for (const edge of [-0.5, size[axis] - 0.5]) {
        const end = this.slices.pointOn(tile, middle.map((value, n) => (n === axis ? edge : value)));
        const length = end ? Math.hypot(end[0] - at[0], end[1] - at[1]) : 0;
        if (!end || length <= GAP) continue;
        pen.moveTo(at[0] + ((end[0] - at[0]) * GAP) / length, at[1] + ((end[1] - at[1]) * GAP) / length);
        pen.lineTo(...end);
      }
    }
    pen.stroke();
  }

  private drawHint(pen: CanvasRenderingContext2D, tile: number, hint: Vec3): void {
    const at = this.slices.pointOn(tile, hint);
    if (!at) return;
    for (const [width, color] of [[4, EDGE], [1.8, HINT]] as const) {
      pen.lineWidth = width;
      pen.strokeStyle = color;
      pen.beginPath();
      pen.arc(...at, 9, 0, 2 * Math.PI);
      pen.moveTo(at[0] - 13, at[1]);
      pen.lineTo(at[0] - 6, at[1]);
      pen.moveTo(at[0] + 6, at[1]);
      pen.lineTo(at[0] + 13, at[1]);
      pen.stroke();
    }
  }

  private drawBrush(pen: CanvasRenderingContext2D, { x, y, radiusMm, positive }: NonNullable<Marks['brush']>, spacing: Vec3): void {
    const spot = this.slices.spotAt(x, y);
    if (!spot) return;
    const frame = this.canvas.getBoundingClientRect();
    pen.lineWidth = 1.5;
    pen.strokeStyle = positive ? POSITIVE : NEGATIVE;
    pen.beginPath();
    pen.arc(x - frame.left, y - frame.top, Math.max(2, this.pixels(spot.tile, spot.across, spot.ijk, radiusMm, spacing)), 0, 2 * Math.PI);
    pen.stroke();
  }

  /** Pixels of a length on a slice. */
  private pixels(tile: number, across: number, at: ArrayLike<number>, mm: number, spacing: Vec3): number {
    const axis = across === 0 ? 1 : 0;
    const other = Array.from(at);
    // Towards the middle, which is inside.
    const sign = this.slices.pointOn(tile, other.map((value, n) => (n === axis ? value + 1 : value))) ? 1 : -1;
    other[axis] += sign;
    const [one, two] = [this.slices.pointOn(tile, at), this.slices.pointOn(tile, other)];
    return one && two ? (Math.hypot(one[0] - two[0], one[1] - two[1]) / spacing[axis]) * mm : 0;
  }
}

function drawPoint(pen: CanvasRenderingContext2D, [x, y]: [number, number], color: string, positive: boolean): void {
  pen.beginPath();
  pen.arc(x, y, 5.5, 0, 2 * Math.PI);
  pen.fillStyle = color;
  pen.strokeStyle = EDGE;
  pen.lineWidth = 1.5;
  pen.fill();
  pen.stroke();
  // Told apart without colours as well.
  pen.beginPath();
  pen.moveTo(x - 3, y);
  pen.lineTo(x + 3, y);
  if (positive) {
    pen.moveTo(x, y - 3);
    pen.lineTo(x, y + 3);
  }
  pen.stroke();
}

function trace(pen: CanvasRenderingContext2D, points: readonly ([number, number] | null)[], close: boolean): void {
  pen.beginPath();
  for (const point of points) if (point) pen.lineTo(...point);
  if (close) pen.closePath();
}

function outline(pen: CanvasRenderingContext2D, points: readonly ([number, number] | null)[], color: string, close: boolean): void {
  trace(pen, points, close);
  for (const [width, style] of [[3.5, EDGE], [1.8, color]] as const) {
    pen.lineWidth = width;
    pen.strokeStyle = style;
    pen.stroke();
  }
}

function stroke(pen: CanvasRenderingContext2D, points: readonly ([number, number] | null)[], color: string, width: number): void {
  const there = points.filter((point) => point !== null);
  // A dab is a dot.
  trace(pen, there.length === 1 ? [there[0], [there[0][0] + 0.01, there[0][1]]] : there, false);
  pen.lineCap = pen.lineJoin = 'round';
  pen.globalAlpha = 0.55;
  pen.lineWidth = width;
  pen.strokeStyle = color;
  pen.stroke();
  pen.globalAlpha = 1;
}
