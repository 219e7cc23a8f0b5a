const CONTAINERS = ['moov', 'trak', 'edts'];

/**
 * Sets the duration that an MP4 file's movie, track and edit list give (ISO 14496-12), which otherwise is that of whole
 * AAC frames: players then end where the recording ends. All three must be in their 32-bit form.
 * @param file changed in place
 * @param seconds of the only track
 */
export function setDuration(file: Buffer, seconds: number): void {
  let units = 0;
  const visit = (from: number, to: number) => {
    for (let at = from; at + 8 <= to; at += file.readUInt32BE(at)) {
      const type = file.toString('latin1', at + 4, at + 8);
      const body = at + 8;
      if (CONTAINERS.includes(type)) visit(body, at + file.readUInt32BE(at));
      if (type === 'mvhd') {
        units = Math.round(seconds * file.readUInt32BE(body + 12));
        file.writeUInt32BE(units, body + 16);
      }
      if (type === 'tkhd') file.writeUInt32BE(units, body + 20);
      if (type === 'elst') file.writeUInt32BE(units, body + 8);
    }
  };
  visit(0, file.length);
}
