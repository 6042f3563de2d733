// The strip of tools at the left edge.

import type { Tool } from '../prompts/prompt.ts';
import type { Workspace } from '../editing/workspace.ts';
import { h, icon } from './dom.ts';

const TOOLS: { tool: Tool; name: string; key: string; help: string; path: string }[] = [
  { tool: 'move', name: 'Look', key: 'V', help: 'Move the crosshair, turn the 3D view', path: 'M10 2v16M2 10h16M10 2l-2 2m2-2l2 2M10 18l-2-2m2 2l2-2M2 10l2-2m-2 2l2 2M18 10l-2-2m2 2l-2 2' },
  { tool: 'point', name: 'Point', key: 'P', help: 'Click what belongs to the object', path: 'M10 5v10M5 10h10M10 10m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0' },
  { tool: 'scribble', name: 'Scribble', key: 'S', help: 'Draw along the object', path: 'M3 16c2-8 5-12 6-9s-2 8 1 7s4-8 7-9' },
  { tool: 'box', name: 'Box', key: 'B', help: 'Draw a box around the object', path: 'M3 4h14v12H3z' },
  { tool: 'lasso', name: 'Lasso', key: 'L', help: 'Draw around a part: all inside counts', path: 'M10 3c5 0 8 2 8 5s-4 6-8 6s-8-2-8-6s3-5 8-5M6 13c0 3 2 4 4 4' },
  { tool: 'erase', name: 'Erase', key: 'E', help: 'Brush away what does not belong', path: 'M3 13l8-9l6 5l-7 8H6zM7 9l6 5M3 17h14' },
];

export function toolStrip(work: Workspace): HTMLElement {
  const strip = h('div', { className: 'tools', role: 'toolbar', ariaLabel: 'Tools', ariaOrientation: 'vertical' });
  const buttons = TOOLS.map(({ tool, name, key, help, path }) => {
    const element = h('button', { type: 'button', title: `${help} (${key})`, onclick: () => work.tool.set(tool), data: { tool } }, h('span', { className: 'tool-name' }, name), h('kbd', {}, key));
    element.prepend(icon(path));
    return { tool, element };
  });
  const sign = h('button', { type: 'button', className: 'sign', title: 'Belongs to the object, or does not (X)', onclick: () => work.positive.set(!work.positive.value) });
  strip.append(...buttons.map(({ element }) => element), sign);
  const show = (): void => {
    for (const { tool, element } of buttons) {
      element.ariaPressed = String(work.tool.value === tool);
      element.disabled = !work.takes(tool);
    }
    sign.dataset['sign'] = work.positive.value ? 'positive' : 'negative';
    sign.replaceChildren(h('span', { className: 'sign-mark' }, work.positive.value ? '+' : '−'), h('span', { className: 'tool-name' }, work.positive.value ? 'Include' : 'Exclude'), h('kbd', {}, 'X'));
  };
  for (const signal of [work.tool, work.positive, work.modelId, work.models]) signal.watch(show);
  return strip;
}
