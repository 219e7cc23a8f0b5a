import type { Octets } from './octets';

/** Parts of a minute of arc in its fraction. */
const FRACTIONS = 10_000;
const SECONDS_PER_DAY = 86_400;

/** Degrees of a coordinate at octet `at`: fraction of minutes (16 bits), sign, minutes (7), degrees (8). */
function degrees(o: Octets, at: number): number {
  const minutes = (o.u8(at + 2) & 0x7f) + o.u16(at) / FRACTIONS;
  const size = o.u8(at + 3) + minutes / 60;
  return o.flag(at + 2, 7) ? -size : size;
}

const two = (value: number): string => String(value).padStart(2, '0');

/**
 * A Harris talker's position in the 14 octets of both its words: latitude, longitude, seconds of the day (16 bits and
 * one above them), heading in the bits before octet 13. As sdrtrunk and dsd-neo read it; null when it is none on the globe.
 */
export function readHarrisPosition(o: Octets): Record<string, unknown> | null {
  const latitude = degrees(o, 0);
  const longitude = degrees(o, 4);
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  // No fix yet.
  if (latitude === 0 && longitude === 0) return null;
  const seconds = o.u16(8) + (o.flag(10, 7) ? 0x10000 : 0);
  const heading = o.u16(11) & 0x1ff;
  return {
    latitude,
    longitude,
    ...(heading < 360 && { heading }),
    ...(seconds < SECONDS_PER_DAY && {
      measured: [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':'),
    }),
  };
}
