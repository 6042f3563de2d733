// The group of segments: name, colour, size, which one is worked on.

import { activate, addSegment, describe, removeSegment } from '../editing/segments.ts';
import type { SegmentWork } from '../editing/segment.ts';
import type { Workspace } from '../editing/workspace.ts';
import { button, group, h, hex, millilitresText, refill } from './dom.ts';

export function segmentsGroup(work: Workspace): HTMLElement {
  const list = h('div', { className: 'segment-list', role: 'radiogroup', ariaLabel: 'Segments' });
  const show = (): void => {
    // A name that is being typed is left alone.
    if (list.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement && document.activeElement.type === 'text') return;
    refill(list, work.segments.value.map((segment) => row(work, segment)));
  };
  work.segments.watch(show);
  work.activeId.watch(show);
  return group('Segments', 'segments', list, button('Add segment', () => addSegment(work), { className: 'quiet' }));
}

function row(work: Workspace, segment: SegmentWork): HTMLElement {
  const active = segment.id === work.activeId.value;
  const pick = (): void => activate(work, segment);
  const show = `${segment.visible ? 'Hide' : 'Show'} ${segment.name}`;
  return h('div', { className: `segment${active ? ' active' : ''}`, onclick: pick, data: { segment: segment.id } },
    h('input', { type: 'radio', name: 'segment', checked: active, ariaLabel: `Work on ${segment.name}`, onchange: pick }),
    h('input', { type: 'color', value: hex(segment.color), ariaLabel: `Colour of ${segment.name}`, onchange: (event) => describe(work, segment, { color: parseInt((event.target as HTMLInputElement).value.slice(1), 16) }) }),
    h('input', {
      type: 'text', value: segment.name, maxLength: 100, ariaLabel: `Name of ${segment.name}`, spellcheck: false,
      onchange: (event) => describe(work, segment, { name: (event.target as HTMLInputElement).value }),
      // What a handler answers counts: false would keep the key from the field.
      onkeydown: (event) => {
        if (event.key === 'Enter') (event.target as HTMLElement).blur();
      },
    }),
    h('span', { className: 'figure' }, segment.info && segment.info.voxelCount > 0n ? millilitresText(segment.info.volumeMl) : ''),
    button(segment.visible ? '◉' : '○', () => {
      segment.visible = !segment.visible;
      work.paintAll();
      work.changed();
    }, { className: 'mini', title: show, ariaLabel: show }),
    button('×', () => askToRemove(work, segment), { className: 'mini', title: `Remove ${segment.name}`, ariaLabel: `Remove ${segment.name}` }));
}

/** A mask cannot be brought back: the button asks once, in the page's own bar. */
function askToRemove(work: Workspace, segment: SegmentWork): void {
  const remove = (): void => {
    work.notice.set(null);
    void removeSegment(work, segment);
  };
  if ((segment.info?.voxelCount ?? 0n) === 0n) remove();
  else work.say(`Remove ${segment.name} with its mask and history?`, 'warning', { label: 'Remove', run: remove });
}
