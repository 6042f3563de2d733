// Reads a tar stream and hands out the entries that are wanted, without keeping the others.

const BLOCK = 512;

/** Octal or base-256 number field of a tar header. */
function number(header, at, length) {
  if (header[at] & 0x80) {
    let value = BigInt(header[at] & 0x7f);
    for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(header[at + i]);
    return Number(value);
  }
  return parseInt(text(header, at, length).trim() || '0', 8);
}

function text(header, at, length) {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}

/** Path that a pax extended header gives to the next entry, if it gives one. */
function paxPath(body) {
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = parseInt(body.subarray(at, space).toString('ascii'), 10);
    if (!(length > 0)) throw new Error('the tar archive has a malformed extended header');
    const record = body.subarray(space + 1, at + length - 1).toString('utf8');
    if (record.startsWith('path=')) return record.slice(5);
    at += length;
  }
  return null;
}

/**
 * Calls onFile(name, bytes) for every regular file for which wanted(name) is true, in archive order.
 * Ends early, leaving the rest of the source unread, as soon as onFile answers false.
 * @param {AsyncIterable<Buffer>} source uncompressed tar bytes
 */
export async function readTar(source, wanted, onFile) {
  let pending = Buffer.alloc(0);
  let entry = null;
  let nextName = null;
  for await (const chunk of source) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      if (entry === null) {
        if (pending.length < BLOCK) break;
        const header = pending.subarray(0, BLOCK);
        pending = pending.subarray(BLOCK);
        if (header.every((byte) => byte === 0)) continue;
        const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
        const short = text(header, 0, 100);
        const size = number(header, 124, 12);
        if (!Number.isSafeInteger(size) || size < 0) throw new Error('the tar archive has a malformed header');
        const type = String.fromCharCode(header[156] || 0x30);
        const name = nextName ?? (prefix ? `${prefix}/${short}` : short);
        const keep = type === 'x' || type === 'L' || (type === '0' && wanted(name));
        entry = { name, type, size, left: size, padding: (BLOCK - (size % BLOCK)) % BLOCK, parts: keep ? [] : null };
        if (type !== 'x' && type !== 'L' && type !== 'g') nextName = null;
      }
      const take = Math.min(entry.left, pending.length);
      if (take > 0) {
        entry.parts?.push(pending.subarray(0, take));
        entry.left -= take;
        pending = pending.subarray(take);
      }
      if (entry.left > 0) break;
      if (entry.parts !== null) {
        const body = Buffer.concat(entry.parts);
        if (entry.type === 'x') nextName = paxPath(body) ?? nextName;
        else if (entry.type === 'L') nextName = text(body, 0, body.length);
        else if (onFile(entry.name, body) === false) return;
        entry.parts = null;
      }
      const skip = Math.min(entry.padding, pending.length);
      entry.padding -= skip;
      pending = pending.subarray(skip);
      if (entry.padding > 0) break;
      entry = null;
    }
  }
}
