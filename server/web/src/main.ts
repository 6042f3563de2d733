// The page: a viewer in the middle, tools at the left, groups at the right.

import { Connection, pause } from './client/connection.ts';
import { wordsOf } from './client/errors.ts';
import { KEY_HELP, listenToKeys } from './keys.ts';
import { candidatesGroup } from './panel/candidates.ts';
import { button, h } from './panel/dom.ts';
import { displayGroup } from './panel/display.ts';
import { historyGroup } from './panel/history.ts';
import { promptingGroup } from './panel/prompting.ts';
import { propagationGroup } from './panel/propagation.ts';
import { saveButtons } from './panel/saving.ts';
import { segmentsGroup } from './panel/segments.ts';
import { StartScreen } from './panel/start.ts';
import { linkBanner, noticeBar, statusLine, trafficText } from './panel/status.ts';
import { toolStrip } from './panel/tools.ts';
import { Drawing } from './prompts/drawing.ts';
import { PromptLayer } from './viewer/promptLayer.ts';
import { Viewer } from './viewer/viewer.ts';
import { forget } from './editing/memory.ts';
import { Opening } from './editing/opening.ts';
import { Stepping } from './editing/stepping.ts';
import { Workspace } from './editing/workspace.ts';

const canvas = h('canvas', { className: 'slices', id: 'slices', tabIndex: 0, ariaLabel: 'Slices of the scan' });
const overlay = h('canvas', { className: 'overlay' });
const viewer = new Viewer(canvas);
const work = new Workspace(new Connection(location.origin), viewer);
const stepping = new Stepping(work);
const opening = new Opening(work, stepping);
const start = new StartScreen(work, opening);
const stage = h('div', { className: 'stage' }, canvas, overlay);
const drawing = new Drawing(viewer.slices, stage, () => work.scan.value?.grid ?? null, () => ({
  tool: work.tool.value, positive: work.positive.value, radiusMm: work.radiusMm.value,
  boxDepth: work.model?.dimension === 3 ? work.boxDepth.value : 0,
}));
const layer = new PromptLayer(overlay, viewer.slices);
let pointer: { x: number; y: number } | null = null;

function drawMarks(): void {
  const scan = work.scan.value;
  if (!scan) return;
  const brush = work.tool.value === 'scribble' || work.tool.value === 'erase';
  layer.draw({
    drawn: [...(work.showPrompts.value ? (work.active?.shownPrompts ?? []) : []), ...(drawing.current ? [drawing.current] : [])],
    hint: work.showPrompts.value ? (work.active?.hint ?? null) : null,
    size: scan.grid.size,
    spacing: scan.grid.spacing,
    brush: brush && pointer ? { ...pointer, radiusMm: work.radiusMm.value, positive: work.positive.value && work.tool.value !== 'erase' } : null,
  });
}

function build(): void {
  const title = h('span', { className: 'scan-name' });
  work.scan.watch((scan) => {
    title.textContent = scan ? `${scan.name} · ${scan.grid.size.join(' × ')}` : '';
    document.body.classList.toggle('open', scan !== null);
  });
  const help: HTMLDialogElement = h('dialog', { className: 'help' }, h('h2', {}, 'Keys'),
    h('dl', {}, ...KEY_HELP.flatMap(([keys, what]) => [h('dt', {}, h('kbd', {}, keys)), h('dd', {}, what)])),
    h('p', { className: 'note' }, 'Wheel: slices. Right button: window. Middle button: pan. Alt: look around with any tool.'),
    button('Close', () => help.close()));
  const another = button('Open another', () => opening.whenSaved(() => void leave()), { className: 'quiet' });
  document.body.append(
    h('header', { className: 'bar' }, h('b', { className: 'brand' }, 'SegBridge'), title, another, h('span', { className: 'spring' }), trafficText(work), saveButtons(work),
      button('Keys', () => help.showModal(), { className: 'quiet' })),
    h('main', {}, toolStrip(work), h('div', { className: 'middle' }, stage, start.element, h('div', { className: 'messages' }, linkBanner(work), noticeBar(work))),
      h('aside', { className: 'panel' }, segmentsGroup(work), candidatesGroup(work, stepping), historyGroup(work, stepping), promptingGroup(work, stepping), displayGroup(work), propagationGroup(work, stepping))),
    statusLine(work), help);
}

/** Back to the beginning: the server forgets the session, and this tab too. */
async function leave(): Promise<void> {
  forget();
  await Promise.race([work.session?.close(), pause(1000)]);
  location.reload();
}

function connect(): void {
  viewer.onFrame = drawMarks;
  viewer.slices.onMove = (): void => {
    work.place.set(viewer.slices.main());
    drawing.followCrosshair();
  };
  viewer.onWindow = (window): void => work.window.set(window);
  drawing.onChange = drawMarks;
  drawing.onDrawn = (drawn): void => void stepping.prompt(drawn);
  stage.addEventListener('mousemove', ({ clientX, clientY }) => {
    pointer = { x: clientX, y: clientY };
    drawMarks();
  });
  stage.addEventListener('mouseleave', () => {
    pointer = null;
    drawMarks();
  });
  work.layout.set(viewer.isSoftware ? 'slices' : 'all');
  work.layout.watch((layout) => viewer.setLayout(layout));
  work.window.watch((window) => viewer.setWindow(window));
  work.opacity.watch((opacity) => viewer.masks.setLook(opacity, work.contour.value));
  work.contour.watch((contour) => viewer.masks.setLook(work.opacity.value, contour));
  work.disagreement.watch(() => work.paintAll());
  work.tool.watch((tool) => {
    stage.dataset['tool'] = tool;
    drawing.cancel();
  });
  work.positive.watch(drawMarks);
  work.radiusMm.watch(drawMarks);
  work.showPrompts.watch(drawMarks);
  listenToKeys(work, stepping, drawing);
}

// For the console, and for tests that look behind the page.
Object.assign(globalThis, { segbridge: work });
build();
try {
  await viewer.attach();
  connect();
  await start.begin();
} catch (error) {
  work.say(wordsOf(error), 'error');
}
