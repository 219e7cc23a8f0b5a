const TYPES = { i16: Int16Array, i8: Int8Array };

/**
 * Reads a frame: the length of its head, the head as JSON, then number arrays as the head's `parts` describe them.
 * @param {ArrayBuffer} buffer
 * @returns {object} the head, with each array under its part's name as Float32Array
 */
export function readFrame(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const { parts, ...frame } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  for (const [name, type, count, scale] of parts) {
    const coded = new TYPES[type](buffer, at, count);
    frame[name] = Float32Array.from(coded, (value) => value * scale);
    at += (coded.byteLength + 3) & ~3;
  }
  return frame;
}
