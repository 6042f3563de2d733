// What DICOM files say besides their pixels, for objects that belong to them: it goes to the server when such an object is
// saved, never before.

const MARK = 128;
const START = MARK + 4;
// Headers are far shorter.
const MOST_HEADER_BYTES = 4 << 20;
const MOST_DEPTH = 32;
const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const [DEFLATED, BIG_ENDIAN, IMPLICIT] = ['1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2'];
const TRANSFER_SYNTAX = 0x00020010;
const SERIES = 0x0020000e;
const ROWS = 0x00280010;
const PIXELS = 0x7fe00010;
const [ITEM, ITEM_END, SEQUENCE_END] = [0xfffee000, 0xfffee00d, 0xfffee0dd];
const UNDEFINED = 0xffffffff;

export interface Header {
  readonly series: string;
  /** The file up to its pixels. */
  readonly bytes: Uint8Array;
}

interface Element {
  readonly tag: number;
  /** Where the value starts; its length, which may be UNDEFINED. */
  readonly at: number;
  readonly length: number;
}

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  at = START;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at + 8 > this.bytes.length;
  }

  text(element: Element): string {
    return new TextDecoder('latin1').decode(this.bytes.subarray(element.at, element.at + element.length)).replace(/[\0 ]+$/, '');
  }

  /** The next element; what is behind its value comes next unless its length is undefined. */
  next(isExplicit: boolean): Element {
    const tag = this.view.getUint16(this.at, true) * 0x10000 + this.view.getUint16(this.at + 2, true);
    const isItem = this.view.getUint16(this.at, true) === 0xfffe;
    const vr = String.fromCharCode(this.bytes[this.at + 4], this.bytes[this.at + 5]);
    const [length, header] = !isExplicit || isItem ? [this.view.getUint32(this.at + 4, true), 8]
      : LONG.has(vr) ? [this.view.getUint32(this.at + 8, true), 12]
      : [this.view.getUint16(this.at + 6, true), 8];
    const element = { tag, at: this.at + header, length };
    this.at = element.at + (length === UNDEFINED ? 0 : length);
    return element;
  }

  /** Goes behind a sequence of undefined length, or an item of it. */
  skip(end: number, isExplicit: boolean, depth = 0): void {
    while (!this.isAtEnd && depth < MOST_DEPTH) {
      const { tag, length } = this.next(isExplicit);
      if (tag === end) return;
      if (length === UNDEFINED) this.skip(tag === ITEM ? ITEM_END : SEQUENCE_END, isExplicit, depth + 1);
    }
    throw new RangeError('a sequence does not end');
  }
}

/** The header of a file; null for one that is no DICOM image in little endian. */
export function headerOf(bytes: Uint8Array): Header | null {
  if (new TextDecoder('latin1').decode(bytes.subarray(MARK, START)) !== 'DICM') return null;
  const reader = new Reader(bytes);
  let [syntax, series, isImage] = [EXPLICIT_LITTLE_ENDIAN, '', false];
  try {
    while (!reader.isAtEnd) {
      const start = reader.at;
      const isMeta = bytes[start] === 2 && bytes[start + 1] === 0;
      if (!isMeta && (syntax === DEFLATED || syntax === BIG_ENDIAN)) return null;
      const isExplicit = isMeta || syntax !== IMPLICIT;
      const element = reader.next(isExplicit);
      if (element.tag === PIXELS) return isImage ? { series, bytes: bytes.slice(0, start) } : null;
      if (element.tag === TRANSFER_SYNTAX) syntax = reader.text(element);
      if (element.tag === SERIES) series = reader.text(element);
      isImage ||= element.tag === ROWS;
      if (element.length === UNDEFINED) reader.skip(SEQUENCE_END, isExplicit);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return null;
}

/** The headers of each series among the files, the series with most files first. */
export async function headersOf(files: readonly File[]): Promise<Uint8Array[][]> {
  const series = new Map<string, Uint8Array[]>();
  for (const file of files) {
    const header = headerOf(new Uint8Array(await file.slice(0, MOST_HEADER_BYTES).arrayBuffer()));
    if (header) series.set(header.series, [...(series.get(header.series) ?? []), header.bytes]);
  }
  return [...series.values()].sort((one, two) => two.length - one.length);
}
