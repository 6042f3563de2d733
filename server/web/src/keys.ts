// Keys: the same as in the extension for 3D Slicer, and a few for the slices.

import { acceptSlice } from './panel/propagation.ts';
import type { Drawing } from './prompts/drawing.ts';
import type { Tool } from './prompts/prompt.ts';
import { activate } from './editing/segments.ts';
import type { Stepping } from './editing/stepping.ts';
import type { Workspace } from './editing/workspace.ts';

const TOOLS: Record<string, Tool> = { v: 'move', p: 'point', s: 'scribble', b: 'box', l: 'lasso', e: 'erase' };
const ARROWS: Record<string, readonly [number, number]> = { arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, 1], arrowdown: [0, -1] };
const FAST = 10;

export const KEY_HELP: readonly (readonly [string, string])[] = [
  ['P S B L E', 'point, scribble, box, lasso, erase'], ['V', 'look around'], ['X', 'include or exclude'], ['Ctrl while drawing', 'the other of the two'],
  ['1 2 3', 'take a candidate'], ['D', 'where candidates disagree'], ['N', 'go to the next-click hint'], ['Enter', 'predict'], ['Esc', 'cancel'],
  ['Ctrl+Z  Ctrl+Y', 'undo, redo'], ['A', 'slice is finished'], ['O', 'contour'], ['[  ]', 'brush'], [',  .', 'previous, next segment'],
  ['Arrows', 'move the crosshair; with Shift by 10'], ['Page up, down', 'slice'],
  ['Space', 'put the pen down at the crosshair; arrows draw; Space again lifts it'],
];

export function listenToKeys(work: Workspace, stepping: Stepping, drawing: Drawing): void {
  window.addEventListener('keydown', (event) => {
    const control = event.target instanceof HTMLElement ? event.target : document.body;
    const typing = control.matches('input[type=text], input[type=password], input[type=number], select') || control.closest('dialog');
    if (typing || !work.scan.value || event.altKey) return;
    if (handle(event, control)) event.preventDefault();
  });

  function handle(event: KeyboardEvent, control: HTMLElement): boolean {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === 'z' && !event.shiftKey) void stepping.undo();
      else if (key === 'y' || (key === 'z' && event.shiftKey)) void stepping.redo();
      else return false;
      return true;
    }
    const tool = TOOLS[key];
    if (tool) {
      if (work.takes(tool)) work.tool.set(tool);
      return true;
    }
    if (/^[1-9]$/.test(key)) {
      const candidate = work.active?.candidates?.candidates[Number(key) - 1];
      if (candidate) void stepping.choose(candidate.index);
      return true;
    }
    switch (key) {
      case 'x': work.positive.set(!work.positive.value); return true;
      case 'd': work.disagreement.set(!work.disagreement.value); return true;
      case 'o': work.contour.set(!work.contour.value); return true;
      case 'a': void acceptSlice(work); return true;
      case 'n': work.goToHint(); return true;
      case '[': work.radiusMm.set(Math.max(0.5, work.radiusMm.value - 0.5)); return true;
      case ']': work.radiusMm.set(Math.min(20, work.radiusMm.value + 0.5)); return true;
      case ',': nextSegment(-1); return true;
      case '.': nextSegment(1); return true;
      case 'escape':
        if (drawing.isDrawing) drawing.cancel();
        else work.activity.value?.cancel?.();
        return true;
      case 'pageup': work.viewer.slices.step(1); return true;
      case 'pagedown': work.viewer.slices.step(-1); return true;
    }
    const arrow = ARROWS[key];
    if (arrow && !control.matches('input')) {
      const [right, up] = arrow.map((step) => step * (event.shiftKey ? FAST : 1)) as [number, number];
      work.viewer.slices.nudge(right, up);
      return true;
    }
    // These press the button that has the focus.
    if (control.matches('button, input, summary')) return false;
    switch (key) {
      case 'enter': void stepping.predict(); return true;
      case ' ': drawing.toggleAtCrosshair(); return true;
      default: return false;
    }
  }

  function nextSegment(by: number): void {
    const all = work.segments.value;
    const at = all.findIndex((segment) => segment.id === work.activeId.value);
    if (all.length > 0) activate(work, all[(at + by + all.length) % all.length]);
  }
}
