import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MAX_COLORS = 96;

/**
 * Reduces a screenshot to its 96 most frequent colours, replacing each other colour by the nearest: a third of
 * the size, and invisible on flat colours and grey-edged letters (PNG, W3C Recommendation, §9 and §11).
 * @param png 8 bits a channel, with or without alpha, not interlaced, as Chromium writes it
 */
export function reducedPng(png) {
  const { width, height, pixels } = decoded(png);
  const counts = new Map();
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1);
  const palette = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MAX_COLORS);
  const colors = palette.map(([color]) => color);
  const indices = new Map(colors.map((color, index) => [color, index]));
  const indexOf = (color) => {
    if (!indices.has(color)) indices.set(color, nearest(color, colors));
    return indices.get(color);
  };
  const rows = Buffer.alloc((width + 1) * height);
  for (const [at, color] of pixels.entries()) rows[at + Math.floor(at / width) + 1] = indexOf(color);
  return encoded({ width, height, colors, rows });
}

/** Colours as 0xrrggbb, row by row. */
function decoded(png) {
  const chunks = chunksOf(png);
  const header = chunks.find(({ type }) => type === 'IHDR').data;
  const [width, height, channels] = [header.readUInt32BE(0), header.readUInt32BE(4), header[9] === 6 ? 4 : 3];
  const data = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data)),
  );
  const bytes = unfiltered(data, width * channels, channels);
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = bytes.readUIntBE(at * channels, 3);
  return { width, height, pixels };
}

function chunksOf(png) {
  const chunks = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + length),
    });
    at += length + 12;
  }
  return chunks;
}

/** Undoes the filter of each row: a byte is stored as the difference from its neighbours. */
function unfiltered(data, stride, channels) {
  const out = Buffer.alloc((data.length / (stride + 1)) * stride);
  for (let row = 0; row * stride < out.length; row += 1) {
    const filter = data[row * (stride + 1)];
    for (let at = 0; at < stride; at += 1) {
      const to = row * stride + at;
      const left = at < channels ? 0 : out[to - channels];
      const up = row === 0 ? 0 : out[to - stride];
      const corner = row === 0 || at < channels ? 0 : out[to - stride - channels];
      out[to] = data[row * (stride + 1) + at + 1] + predicted(filter, left, up, corner);
    }
  }
  return out;
}

function predicted(filter, left, up, corner) {
  return [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function nearest(color, colors) {
  let [best, least] = [0, Infinity];
  for (const [index, other] of colors.entries()) {
    const distance = [16, 8, 0].reduce(
      (sum, shift) => sum + (((color >> shift) & 255) - ((other >> shift) & 255)) ** 2,
      0,
    );
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function encoded({ width, height, colors, rows }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  const palette = Buffer.alloc(colors.length * 3);
  for (const [index, color] of colors.entries()) palette.writeUIntBE(color, index * 3, 3);
  const image = deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', image),
    chunk('IEND'),
  ]);
}

function chunk(type, data = Buffer.alloc(0)) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
