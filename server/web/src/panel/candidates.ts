// The strip of candidates: what each looks like, how sure the model is, how large it is.

import { holds, type PackedMask } from '../client/masks.ts';
import { sizeOf } from '../volume/grid.ts';
import type { Scan, Window } from '../volume/scan.ts';
import type { Candidate } from '../editing/segment.ts';
import type { Stepping } from '../editing/stepping.ts';
import type { Workspace } from '../editing/workspace.ts';
import { group, h, millilitresText } from './dom.ts';

const SIDE = 82;
const MARGIN = 1.35;

export function candidatesGroup(work: Workspace, stepping: Stepping): HTMLElement {
  const strip = h('div', { className: 'candidates', role: 'group', ariaLabel: 'Candidates' });
  const disagreement = h('button', { type: 'button', id: 'disagreement', title: 'Where candidates disagree (D)', onclick: () => work.disagreement.set(!work.disagreement.value) }, 'Where they disagree ', h('kbd', {}, 'D'));
  const whole = group('Candidates', 'candidates', strip, disagreement);
  let shown: unknown = null;
  const show = (): void => {
    const set = work.active?.candidates ?? null;
    const scan = work.scan.value;
    whole.hidden = !set || set.candidates.length < 2 || !scan;
    if (whole.hidden || !set || !scan) return;
    if (shown !== set) {
      shown = set;
      strip.replaceChildren(...set.candidates.map((candidate, n) => card(work, stepping, scan, candidate, n, set.candidates)));
    }
    for (const element of strip.querySelectorAll<HTMLElement>('[data-candidate]')) {
      element.ariaPressed = String(Number(element.dataset['candidate']) === set.chosen.get(work.active!.step));
    }
    disagreement.ariaPressed = String(work.disagreement.value);
  };
  work.segments.watch(show);
  work.activeId.watch(show);
  work.disagreement.watch(show);
  return whole;
}

function card(work: Workspace, stepping: Stepping, scan: Scan, candidate: Candidate, n: number, all: readonly Candidate[]): HTMLElement {
  const picture = h('canvas', { width: SIDE, height: SIDE });
  drawThumbnail(picture, scan, work.window.value, candidate.mask, all, work.active?.color ?? 0xffffff);
  return h('button', { type: 'button', className: 'candidate', title: `Take candidate ${n + 1} (key ${n + 1})`, ariaLabel: `Candidate ${n + 1}, confidence ${Math.round(100 * candidate.confidence)} %, ${millilitresText(candidate.millilitres)}`, onclick: () => void stepping.choose(candidate.index), data: { candidate: String(candidate.index) } },
    picture, h('span', { className: 'candidate-text' }, h('b', {}, `${n + 1}: ${Math.round(100 * candidate.confidence)} %`), h('span', {}, millilitresText(candidate.millilitres))));
}

/** The candidate on the slice across k where the candidates are largest, cut to them. */
function drawThumbnail(canvas: HTMLCanvasElement, scan: Scan, window: Window, mask: PackedMask, all: readonly Candidate[], color: number): void {
  const { size, spacing } = scan.grid;
  const boxes = all.map((candidate) => candidate.mask.box).filter((box) => sizeOf(box)[0] > 0);
  if (boxes.length === 0) return;
  const lower = [0, 1, 2].map((axis) => Math.min(...boxes.map((box) => box.lower[axis])));
  const upper = [0, 1, 2].map((axis) => Math.max(...boxes.map((box) => box.upper[axis])));
  const k = Math.floor((lower[2] + upper[2]) / 2);
  const side = MARGIN * Math.max((upper[0] - lower[0]) * spacing[0], (upper[1] - lower[1]) * spacing[1]);
  const middle = [(lower[0] + upper[0] - 1) / 2, (lower[1] + upper[1] - 1) / 2];
  // As the slices are shown: columns run to the patient's left, rows to the back.
  const [across, down] = [scan.grid.axes[0][0] < 0 ? -1 : 1, scan.grid.axes[1][1] < 0 ? -1 : 1];
  const pen = canvas.getContext('2d')!;
  const image = pen.createImageData(SIDE, SIDE);
  const parts = [color >> 16, (color >> 8) & 255, color & 255];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const i = Math.round(middle[0] + (across * ((x + 0.5) / SIDE - 0.5) * side) / spacing[0]);
      const j = Math.round(middle[1] + (down * ((y + 0.5) / SIDE - 0.5) * side) / spacing[1]);
      const inside = i >= 0 && j >= 0 && i < size[0] && j < size[1];
      const value = inside ? scan.voxels[(k * size[1] + j) * size[0] + i] * scan.slope + scan.intercept : window.lower;
      const grey = (255 * (value - window.lower)) / (window.upper - window.lower);
      const share = inside && holds(mask, i, j, k) ? 0.5 : 0;
      for (let part = 0; part < 3; part++) image.data[4 * (y * SIDE + x) + part] = (1 - share) * Math.min(255, Math.max(0, grey)) + share * parts[part];
      image.data[4 * (y * SIDE + x) + 3] = 255;
    }
  }
  pen.putImageData(image, 0, 0);
}
