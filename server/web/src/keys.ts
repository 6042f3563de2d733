// Keys: the same as in the extension for 3D Slicer, and a few for the slices.

import { acceptSlice, mainSlice } from './panel/propagation.ts';
import type { Drawing } from './prompts/drawing.ts';
import type { Tool } from './prompts/prompt.ts';
import type { Stepping } from './work/stepping.ts';
import type { Work } from './work/work.ts';

const TOOLS: Record<string, Tool> = { v: 'move', p: 'point', s: 'scribble', b: 'box', l: 'lasso', e: 'erase' };

export const KEY_HELP: readonly (readonly [string, string])[] = [
  ['P S B L E', 'point, scribble, box, lasso, erase'], ['V', 'look around'], ['X', 'include or exclude'], ['Ctrl while drawing', 'the other of the two'],
  ['1 2 3', 'take a candidate'], ['D', 'where candidates disagree'], ['N', 'go to the next-click hint'], ['Space', 'prompt at the crosshair'],
  ['Enter', 'predict'], ['Esc', 'cancel'], ['Ctrl+Z  Ctrl+Y', 'undo, redo'], ['A', 'slice is finished'], ['O', 'contour'], ['[  ]', 'brush'],
  ['Arrows', 'move the crosshair'], ['Page up, down', 'slice'], ['Tab', 'next segment'],
];

export function listenToKeys(work: Work, stepping: Stepping, drawing: Drawing): void {
  window.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLElement && event.target.matches('input[type=text], input[type=password], input[type=number], select, textarea');
    if (typing || !work.scan.value || event.altKey) return;
    const onControl = event.target instanceof HTMLElement && event.target.matches('button, input, summary');
    if (handle(event, onControl)) event.preventDefault();
  });

  function handle(event: KeyboardEvent, onControl: boolean): boolean {
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
      case 'n': if (work.active?.hint) work.viewer.moveTo(work.active.hint); return true;
      case '[': work.radiusMm.set(Math.max(0.5, work.radiusMm.value - 0.5)); return true;
      case ']': work.radiusMm.set(Math.min(20, work.radiusMm.value + 0.5)); return true;
      case 'escape':
        if (drawing.isDrawing) drawing.cancel();
        else work.activity.value?.cancel?.();
        return true;
      case 'pageup': work.viewer.stepSlice(1); return true;
      case 'pagedown': work.viewer.stepSlice(-1); return true;
    }
    if (onControl) return false;
    switch (key) {
      case 'enter': void stepping.predict(); return true;
      case ' ': promptAtCrosshair(); return true;
      case 'arrowleft': work.viewer.nudge(-1, 0); return true;
      case 'arrowright': work.viewer.nudge(1, 0); return true;
      case 'arrowup': work.viewer.nudge(0, 1); return true;
      case 'arrowdown': work.viewer.nudge(0, -1); return true;
      default: return false;
    }
  }

  function promptAtCrosshair(): void {
    const slice = mainSlice(work);
    if (!slice) return;
    const at = work.viewer.crosshair();
    const { positive, radiusMm, tool } = { positive: work.positive.value, radiusMm: work.radiusMm.value, tool: work.tool.value };
    const brush = tool === 'scribble' || tool === 'erase';
    void stepping.prompt({ shape: brush ? { kind: 'scribble', path: [at], radiusMm } : { kind: 'point', at }, positive: tool === 'erase' ? false : positive, slice });
  }
}
