import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerOf, headersOf } from '../../../server/web/src/volume/dicomHeaders.ts';
import { chance } from './chance.ts';

const EXPLICIT = '1.2.840.10008.1.2.1';
const IMPLICIT = '1.2.840.10008.1.2';
const UNDEFINED = 0xffffffff;

const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const even = (text: string): Uint8Array => latin(text.length % 2 ? `${text}\0` : text);

function element(group: number, number: number, vr: string | null, value: Uint8Array, length = value.length): Uint8Array {
  const isLong = vr === null || ['OW', 'SQ', 'UN'].includes(vr);
  const header = new DataView(new ArrayBuffer(vr !== null && isLong ? 12 : 8));
  header.setUint16(0, group, true);
  header.setUint16(2, number, true);
  if (vr === null) header.setUint32(4, length, true);
  else {
    header.setUint8(4, vr.charCodeAt(0));
    header.setUint8(5, vr.charCodeAt(1));
    if (isLong) header.setUint32(8, length, true);
    else header.setUint16(6, length, true);
  }
  return join(new Uint8Array(header.buffer), value);
}

function join(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

/** An image with a sequence of undefined length, in which a pixel data tag hides, before its pixels. */
function image(syntax: string, series: string): { header: Uint8Array; file: Uint8Array } {
  const vr = (code: string): string | null => (syntax === IMPLICIT ? null : code);
  const hidden = element(0x7fe0, 0x0010, vr('OW'), latin('none'));
  const item = join(element(0xfffe, 0xe000, null, hidden, UNDEFINED), element(0xfffe, 0xe00d, null, new Uint8Array()));
  const sequence = element(0x0008, 0x1140, vr('SQ'), join(item, element(0xfffe, 0xe0dd, null, new Uint8Array())), UNDEFINED);
  const header = join(
    new Uint8Array(128), latin('DICM'), element(0x0002, 0x0010, 'UI', even(syntax)), sequence,
    element(0x0020, 0x000e, vr('UI'), even(series)), element(0x0028, 0x0010, vr('US'), Uint8Array.of(2, 0)));
  return { header, file: join(header, element(0x7fe0, 0x0010, vr('OW'), new Uint8Array(8))) };
}

test('A header ends where the pixels start, with and without value representations', () => {
  for (const syntax of [EXPLICIT, IMPLICIT]) {
    const { header, file } = image(syntax, '1.2.3');
    const read = headerOf(file);
    assert.equal(read?.series, '1.2.3');
    assert.deepEqual(read.bytes, header);
  }
});

test('What is no image in little endian has no header', () => {
  const { header, file } = image(EXPLICIT, '1.2.3');
  for (const bytes of [new Uint8Array(), new Uint8Array(200), header, image('1.2.840.10008.1.2.2', '1').file, image('1.2.840.10008.1.2.1.99', '1').file]) {
    assert.equal(headerOf(bytes), null);
  }
  const next = chance(7);
  for (let n = 0; n < 2000; n++) {
    const damaged = file.slice(0, n % 3 ? file.length : Math.floor(next() * file.length));
    for (let change = 0; change < 3; change++) damaged[Math.floor(next() * damaged.length)] = Math.floor(next() * 256);
    headerOf(damaged);
  }
});

test('Files are sorted into series, the largest first', async () => {
  const files = ['1.5', '1.6', '1.6'].map((series) => new File([image(EXPLICIT, series).file as Uint8Array<ArrayBuffer>], 'slice'));
  const series = await headersOf([...files, new File(['text'], 'readme')]);
  assert.deepEqual(series.map((headers) => headers.length), [2, 1]);
});
