// The group of model and prompts: which network, how thick the brush, when to predict.

import { AS_DEEP_AS_WIDE } from '../prompts/prompt.ts';
import type { Stepping } from '../editing/stepping.ts';
import type { Workspace } from '../editing/workspace.ts';
import { remember, recall } from '../editing/memory.ts';
import { button, field, group, h } from './dom.ts';

export function promptingGroup(work: Workspace, stepping: Stepping): HTMLElement {
  const models = h('select', { id: 'model', onchange: () => work.modelId.set(models.value) });
  const about = h('p', { className: 'note' });
  const radius = h('input', { type: 'range', min: '0.5', max: '20', step: '0.5', id: 'radius', oninput: () => work.radiusMm.set(Number(radius.value)) });
  const radiusText = h('output', {});
  const depth = h('input', { type: 'range', min: '-1', max: '40', step: '1', id: 'box-depth', oninput: () => work.boxDepth.set(Number(depth.value)) });
  const depthText = h('output', {});
  const auto = h('input', { type: 'checkbox', id: 'auto', onchange: () => work.auto.set(auto.checked) });
  const predict = button('Predict', () => stepping.predict(), { className: 'primary', id: 'predict', title: 'Send the prompts that wait (Enter)' });
  const next = button('Next click', () => work.goToHint(), { id: 'next-click', title: 'Go to where a further prompt would help most (N)' });
  const depthField = field('Box depth', depth, depthText);

  const show = (): void => {
    models.replaceChildren(...work.models.value.map((model) => h('option', { value: model.id, selected: model.id === work.modelId.value }, `${model.dimension}D · ${model.title || model.id}`)));
    models.title = work.model?.title ?? '';
    const { model } = work;
    about.textContent = model === null ? '' : `${model.dimension === 3 ? 'Predicts the whole object at once' : 'Predicts the slice that is drawn on'}${model.candidates > 1 ? `, with ${model.candidates} candidates to choose from` : ''}. ${model.device ? `Runs on ${model.device}.` : ''}`;
    depthField.hidden = model?.dimension !== 3;
    const memory = recall();
    if (memory && work.session) remember({ ...memory, modelId: work.modelId.value });
  };
  work.models.watch(show);
  work.modelId.watch(show);
  work.radiusMm.watch((value) => {
    radius.value = String(value);
    radius.ariaValueText = radiusText.textContent = `${value} mm`;
  });
  work.boxDepth.watch((value) => {
    depth.value = String(value);
    depth.ariaValueText = depthText.textContent = value === AS_DEEP_AS_WIDE ? 'as wide' : value === 0 ? 'this slice' : `± ${value} slices`;
  });
  const showWaiting = (): void => {
    next.hidden = !work.active?.hint;
    const waiting = work.active?.prompts.filter((prompt) => prompt.request === 0).length ?? 0;
    predict.hidden = work.auto.value && waiting === 0;
    predict.textContent = waiting > 0 ? `Predict (${waiting})` : 'Predict';
    predict.disabled = waiting === 0;
  };
  work.auto.watch((value) => {
    auto.checked = value;
    showWaiting();
  });
  work.segments.watch(showWaiting);
  work.activeId.watch(showWaiting);
  return group('Model and prompts', 'prompting', field('Model', models), about, field('Brush', radius, radiusText), depthField,
    h('label', { className: 'check' }, auto, 'Predict when the pointer is released'), predict, next);
}
