/** A file name must have room for what is put behind it; file systems take 255 bytes. */
const MOST_BYTES = 200;

/** What no file system takes, control characters, those that turn the direction of writing, and halves of characters. */
const BAD = /[\\:*?"<>|\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/gu;

/** A value as a part of a name: nothing in it parts folders, and it is no longer than a name may be. */
export function nameValue(value: string): string {
  return value.slice(0, MOST_BYTES).replace(BAD, '_').replace(/[/\s]/g, '_');
}

/** A name of one file or folder that any file system takes, and that is not another folder's. */
export function safePart(name: string): string {
  const clean = name.slice(0, MOST_BYTES).replace(BAD, '_').replaceAll('/', '_').trim();
  const safe = cut(clean).replace(/^\.+|[. ]+$/g, '_');
  // Windows keeps these for devices, whatever their extension.
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(safe) ? `_${safe}` : safe || '_';
}

/** As many whole characters as fit. */
function cut(text: string): string {
  let [length, size] = [0, 0];
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > MOST_BYTES) break;
    length += character.length;
  }
  return text.slice(0, length);
}
