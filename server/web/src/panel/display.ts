// The group of display: layout, window, how masks look.

import type { Layout } from '../viewer/layouts.ts';
import type { Workspace } from '../editing/workspace.ts';
import { button, field, group, h } from './dom.ts';

const LAYOUTS: [Layout, string, string][] = [
  ['all', 'All', 'Slices in three directions, and 3D'], ['slices', 'Slices', 'Slices in three directions'],
  ['axial', 'Axial', 'Axial slices'], ['coronal', 'Cor', 'Coronal slices'], ['sagittal', 'Sag', 'Sagittal slices'], ['surface', '3D', '3D view'],
];
const WINDOWS: [string, number, number][] = [['Soft tissue', -160, 240], ['Lung', -1350, 150], ['Bone', -300, 1200], ['Brain', 0, 80], ['Liver', -20, 180]];

export function displayGroup(work: Workspace): HTMLElement {
  const layouts = LAYOUTS.map(([layout, name, title]) => ({ layout, element: button(name, () => work.layout.set(layout), { title }) }));
  const opacity = h('input', { type: 'range', min: '0', max: '1', step: '0.05', id: 'opacity', oninput: () => work.opacity.set(Number(opacity.value)) });
  const contour = h('input', { type: 'checkbox', id: 'contour', onchange: () => work.contour.set(contour.checked) });
  const prompts = h('input', { type: 'checkbox', checked: true, onchange: () => work.showPrompts.set(prompts.checked) });
  const lower = h('input', { type: 'number', step: 'any', ariaLabel: 'Black', onchange: () => take() });
  const upper = h('input', { type: 'number', step: 'any', ariaLabel: 'White', onchange: () => take() });
  const presets = h('select', { ariaLabel: 'Window preset', onchange: () => {
    const found = WINDOWS.find(([name]) => name === presets.value);
    if (found) work.window.set({ lower: found[1], upper: found[2] });
    presets.selectedIndex = 0;
  } }, h('option', {}, 'Preset'), ...WINDOWS.map(([name]) => h('option', {}, name)));
  const take = (): void => {
    const window = { lower: Number(lower.value), upper: Number(upper.value) };
    if (window.upper > window.lower) work.window.set(window);
  };
  work.layout.watch((value) => {
    for (const { layout, element } of layouts) element.ariaPressed = String(layout === value);
  });
  work.window.watch((window) => {
    const digits = window.upper - window.lower > 20 ? 0 : 3;
    [lower.value, upper.value] = [window.lower.toFixed(digits), window.upper.toFixed(digits)];
  });
  work.opacity.watch((value) => {
    opacity.value = String(value);
  });
  work.contour.watch((value) => {
    contour.checked = value;
  });
  work.scan.watch((scan) => {
    presets.hidden = !scan?.isCt;
  });
  return group('Display', 'display', h('div', { className: 'row segmented', role: 'group', ariaLabel: 'Layout' }, ...layouts.map(({ element }) => element)),
    field('Window', h('span', { className: 'row window' }, lower, upper, presets)), field('Mask', opacity),
    h('label', { className: 'check' }, contour, 'Contour'), h('label', { className: 'check' }, prompts, 'Show prompts'));
}
