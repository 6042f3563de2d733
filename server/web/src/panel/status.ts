// The line at the bottom (what is under way, how long the last step took), the top bar, and the banner of the link.

import type { Upload } from '../client/uploader.ts';
import type { Workspace } from '../editing/workspace.ts';
import { button, bytesText, h, millisecondsText } from './dom.ts';

// Shorter work shows no progress: it would only flicker.
const QUIET_MS = 350;
// Bytes a second.
const SLOW_LINK = 250_000;

export function statusLine(work: Workspace): HTMLElement {
  const what = h('span', { className: 'activity', role: 'status' });
  const bar = h('progress', { hidden: true, ariaLabel: 'Progress' });
  const cancel = button('Cancel', () => work.activity.value?.cancel?.(), { className: 'quiet', hidden: true, title: 'Cancel (Esc)' });
  const times = h('span', { className: 'times' });
  let timer = 0;
  const show = (): void => {
    const now = work.activity.value;
    bar.hidden = what.hidden = now === null;
    cancel.hidden = now?.cancel == null;
    if (!now) return;
    const { upload } = work;
    what.textContent = upload.value ? uploadText(upload.value) : now.what;
    const fraction = upload.value ? 1 - upload.value.waiting / upload.value.bricks : now.fraction;
    if (fraction === null) bar.removeAttribute('value');
    else bar.value = fraction;
  };
  const later = (): void => {
    if (work.activity.value === null || !bar.hidden) {
      clearTimeout(timer);
      timer = 0;
      show();
    } else if (timer === 0) {
      timer = window.setTimeout(() => {
        timer = 0;
        show();
      }, QUIET_MS);
    }
  };
  work.activity.watch(later);
  work.upload.watch(later);
  work.segments.watch(() => {
    const record = work.active?.records.at(-1);
    const { total, server, model } = record?.milliseconds ?? { total: 0, server: 0, model: 0 };
    times.textContent = total > 0 ? `step ${record!.step}: ${millisecondsText(total)} (server ${millisecondsText(server)}, of it the model ${millisecondsText(model)})` : '';
  });
  return h('footer', { className: 'status' }, what, bar, cancel, times);
}

function uploadText({ bricks, waiting, bytesPerSecond }: Upload): string {
  const pace = bytesPerSecond > 0 ? `, ${bytesText(bytesPerSecond)}/s${bytesPerSecond < SLOW_LINK ? ' (a slow link)' : ''}` : '';
  return `sending the scan: brick ${bricks - waiting + 1} of ${bricks}${pace}`;
}

/** Bytes gone up, of how many the scan has. */
export function trafficText(work: Workspace): HTMLElement {
  const text = h('span', { className: 'traffic', id: 'traffic' });
  const show = (): void => {
    const { sent, received } = work.connection.traffic.value;
    const whole = work.scan.value?.voxels.byteLength;
    text.textContent = `↑ ${bytesText(sent)}${whole ? ` of ${bytesText(whole)}` : ''}  ↓ ${bytesText(received)}`;
    text.title = 'Sent to the server, and received. The scan stays in this browser: only the parts that prompts need go up.';
  };
  work.connection.traffic.watch(show);
  work.scan.watch(show);
  return text;
}

/** Says what is wrong with the link, and asks for a key; work goes on by itself afterwards. */
export function linkBanner(work: Workspace): HTMLElement {
  const key = h('input', { type: 'password', id: 'key', placeholder: 'API key', autocomplete: 'off', ariaLabel: 'API key' });
  const form = h('form', { className: 'row', onsubmit: (event: SubmitEvent) => {
    event.preventDefault();
    if (key.value.trim()) work.connection.giveKey(key.value);
    key.value = '';
  } }, key, h('button', { className: 'primary' }, 'Use key'));
  const banner = h('div', { className: 'banner', role: 'alert', hidden: true });
  let shown = 'online';
  work.connection.link.watch((link) => {
    banner.hidden = link === 'online';
    banner.dataset['link'] = link;
    if (link === 'away') banner.replaceChildren(h('span', { className: 'spinner' }), 'The server is away. Your work is kept, and goes on as soon as it is back.');
    if (link === 'key') {
      banner.replaceChildren(work.connection.hasKey ? 'The server does not take this key. Ask its operator for one, or try again.' : 'This server asks for a key. It is kept for this tab.', form);
      key.focus();
    } else if (shown === 'key') {
      work.viewer.canvas.focus();
    }
    shown = link;
  });
  return banner;
}

/** Short words about what happened, which nobody has to answer. */
export function noticeBar(work: Workspace): HTMLElement {
  const bar = h('div', { className: 'notice', role: 'status', hidden: true });
  let timer = 0;
  work.notice.watch((notice) => {
    clearTimeout(timer);
    bar.hidden = notice === null;
    if (!notice) return;
    bar.dataset['kind'] = notice.kind;
    bar.replaceChildren(h('span', {}, notice.text), notice.action ? button(notice.action.label, notice.action.run) : '',
      button('×', () => work.notice.set(null), { className: 'mini', ariaLabel: 'Dismiss' }));
    if (notice.kind === 'info' && !notice.action) timer = window.setTimeout(() => work.notice.set(null), 6000);
  });
  return bar;
}
