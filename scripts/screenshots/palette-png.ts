import { crc32, deflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;

/** The same picture with 256 colours, found by halving the box of its colours where it is widest (median cut). */
export async function palettePng(page: Page, png: Buffer): Promise<Buffer> {
  const { width, height, pixels } = await decode(page, png);
  const { palette, indexOf } = choose(pixels);
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = indexOf(colourAt(pixels, y * width + x));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The browser has a decoder for PNG. */
async function decode(page: Page, png: Buffer): Promise<{ width: number; height: number; pixels: Buffer }> {
  const { width, height, data } = await page.evaluate(async (source) => {
    const bytes = Uint8Array.from(atob(source), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
    context.drawImage(image, 0, 0);
    const rgba = context.getImageData(0, 0, image.width, image.height).data;
    let text = '';
    for (let i = 0; i < rgba.length; i += 32_768) text += String.fromCharCode(...rgba.subarray(i, i + 32_768));
    return { width: image.width, height: image.height, data: btoa(text) };
  }, png.toString('base64'));
  return { width, height, pixels: Buffer.from(data, 'base64') };
}

function colourAt(pixels: Buffer, index: number): number {
  return (pixels[4 * index] << 16) | (pixels[4 * index + 1] << 8) | pixels[4 * index + 2];
}

interface Box {
  colours: [colour: number, count: number][];
  /** Shift of the channel in which the box is widest, and how wide it is there, weighed by its pixels. */
  shift: number;
  spread: number;
}

function choose(pixels: Buffer): { palette: number[]; indexOf(colour: number): number } {
  const counts = new Map<number, number>();
  for (let i = 0; i < pixels.length / 4; i++) {
    const colour = colourAt(pixels, i);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const boxes = [box([...counts])];
  while (boxes.length < COLOURS) {
    boxes.sort((a, b) => b.spread - a.spread);
    if (boxes[0].spread === 0) break;
    boxes.push(...split(boxes.shift()!));
  }
  const indices = new Map(boxes.flatMap(({ colours }, index) => colours.map(([colour]) => [colour, index] as const)));
  return { palette: boxes.map(mean), indexOf: (colour) => indices.get(colour)! };
}

function box(colours: Box['colours']): Box {
  const total = colours.reduce((sum, [, count]) => sum + count, 0);
  const widths = [16, 8, 0].map((shift) => {
    const values = colours.map(([colour]) => (colour >> shift) & 255);
    return { shift, width: values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b)) };
  });
  const { shift, width } = widths.reduce((a, b) => (b.width > a.width ? b : a));
  // Large flat areas must not take all colours from small, colourful ones.
  return { colours, shift, spread: width * Math.sqrt(total) };
}

function split({ colours, shift }: Box): Box[] {
  const sorted = colours.toSorted(([a], [b]) => ((a >> shift) & 255) - ((b >> shift) & 255));
  const half = sorted.reduce((sum, [, count]) => sum + count, 0) / 2;
  let at = 0;
  for (let sum = 0; at < sorted.length - 1 && sum < half; at++) sum += sorted[at][1];
  at = Math.max(1, at);
  return [box(sorted.slice(0, at)), box(sorted.slice(at))];
}

function mean({ colours }: Box): number {
  const total = colours.reduce((sum, [, count]) => sum + count, 0);
  const channel = (shift: number) =>
    Math.round(colours.reduce((sum, [colour, count]) => sum + ((colour >> shift) & 255) * count, 0) / total);
  return (channel(16) << 16) | (channel(8) << 8) | channel(0);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
