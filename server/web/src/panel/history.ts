// The group of history: undo, redo, and all steps to go back to.

import type { Stepping } from '../editing/stepping.ts';
import type { Workspace } from '../editing/workspace.ts';
import { button, group, h, millilitresText, millisecondsText, refill } from './dom.ts';

export function historyGroup(work: Workspace, stepping: Stepping): HTMLElement {
  const undo = button('Undo', () => stepping.undo(), { id: 'undo', title: 'Undo (Ctrl+Z)' });
  const redo = button('Redo', () => stepping.redo(), { id: 'redo', title: 'Redo (Ctrl+Y)' });
  const list = h('ol', { className: 'steps', id: 'steps' });
  const show = (): void => {
    const info = work.active?.info;
    undo.disabled = !info || info.undoSteps === 0;
    redo.disabled = !info || info.redoSteps === 0;
    const newest = info ? info.step + info.redoSteps : 0;
    const known = new Map(work.active?.records.map((record) => [record.step, record]));
    refill(list, Array.from({ length: newest === 0 ? 0 : newest + 1 }, (_, back) => newest - back).map((step) => {
      const record = known.get(step);
      const times = record?.milliseconds;
      return h('li', { className: step === info?.step ? 'now' : step > (info?.step ?? 0) ? 'undone' : '' },
        h('button', { type: 'button', onclick: () => step !== info?.step && void stepping.goTo(step), ariaCurrent: step === info?.step ? 'step' : null, title: times ? `server ${millisecondsText(times.server)}, of it the model ${millisecondsText(times.model)}` : '' },
          h('span', { className: 'step-number' }, String(step)),
          h('span', { className: 'step-what' }, step === 0 ? 'empty' : (record?.what ?? 'step')),
          h('span', { className: 'figure' }, record ? millilitresText(record.millilitres) : ''),
          h('span', { className: 'figure dim' }, times ? millisecondsText(times.total) : '')));
    }));
    list.querySelector('.now')?.scrollIntoView({ block: 'nearest' });
  };
  work.segments.watch(show);
  work.activeId.watch(show);
  return group('History', 'history', h('div', { className: 'row' }, undo, redo), list);
}
