// Elements without a framework.

type Child = Node | string | null | undefined | false;
type Props<K extends keyof HTMLElementTagNameMap> = Partial<Omit<HTMLElementTagNameMap[K], 'style' | 'dataset' | 'children'>> & { data?: Record<string, string> };

/** An element with properties and children. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, { data, ...props }: Props<K> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), props) as HTMLElementTagNameMap[K];
  Object.assign(element.dataset, data ?? {});
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replaces the children of a list; what had the focus has it again, so that the keyboard keeps its place. */
export function refill(list: HTMLElement, children: readonly Node[]): void {
  const controls = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('button, input')];
  const focused = controls().findIndex((control) => control === document.activeElement);
  list.replaceChildren(...children);
  if (focused >= 0) (controls()[focused] ?? controls().at(-1))?.focus({ preventScroll: true });
}

/** A group of the panel with a heading that folds it. */
export function group(title: string, id: string, ...children: Child[]): HTMLDetailsElement {
  return h('details', { open: true, className: 'group', id }, h('summary', {}, title), h('div', { className: 'group-body' }, ...children));
}

export function button(label: string, onclick: () => unknown, props: Props<'button'> = {}): HTMLButtonElement {
  return h('button', { type: 'button', onclick: () => void onclick(), ...props }, label);
}

/** A labelled control. */
export const field = (label: string, control: HTMLElement, note?: HTMLElement): HTMLLabelElement =>
  h('label', { className: 'field' }, h('span', {}, label), control, note);

const SVG = 'http://www.w3.org/2000/svg';

/** A line drawing of 20 x 20. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power]}`;
}

export const hex = (color: number): string => `#${color.toString(16).padStart(6, '0')}`;
export const millilitresText = (value: number): string => `${value < 10 ? value.toFixed(2) : value < 1000 ? value.toFixed(1) : value.toFixed(0)} ml`;
export const millisecondsText = (value: number): string => (value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);
