/** Positions in sentences of NMEA 0183, as the tier 1 location service sends them (TIA-102.BAJB-B 5). */

type Fields = Record<string, unknown>;

const KNOTS = 1852 / 3600;

/** Degrees from 'ddmm.mmmm' and a letter; undefined when it is none. */
function degrees(value: string, letter: string): number | undefined {
  const match = /^(\d{1,3})(\d\d(?:\.\d*)?)$/.exec(value);
  if (!match || !/^[NSEW]$/.test(letter)) return undefined;
  const size = Number(match[1]) + Number(match[2]) / 60;
  if (size > (letter === 'N' || letter === 'S' ? 90 : 180)) return undefined;
  return letter === 'S' || letter === 'W' ? -size : size;
}

function place(fields: readonly string[], at: number): Fields | null {
  const latitude = degrees(fields[at] ?? '', fields[at + 1] ?? '');
  const longitude = degrees(fields[at + 2] ?? '', fields[at + 3] ?? '');
  return latitude === undefined || longitude === undefined ? null : { latitude, longitude };
}

/** A number that is there, as a field. */
const numeric = (name: string, value: string | undefined, factor = 1): Fields =>
  value && Number.isFinite(Number(value)) ? { [name]: Number(value) * factor } : {};

const clock = (value = ''): string | undefined =>
  /^\d{6}/.test(value) ? value.replace(/^(..)(..)(..).*$/, '$1:$2:$3') : undefined;

const measured = (time: string | undefined): Fields => (time === undefined ? {} : { measured: time });

function date(day: string, time: string | undefined): string | undefined {
  return /^\d{6}$/.test(day) && time ? `20${day.slice(4)}-${day.slice(2, 4)}-${day.slice(0, 2)}T${time}Z` : time;
}

const SENTENCES: Readonly<Record<string, (f: readonly string[]) => Fields | null>> = {
  GGA: (f) => {
    const found = f[6] === '0' ? null : place(f, 2);
    return found && { ...found, ...numeric('altitude', f[9]), ...measured(clock(f[1])) };
  },
  GLL: (f) => {
    const found = f[6] === 'V' ? null : place(f, 1);
    return found && { ...found, ...measured(clock(f[5])) };
  },
  RMC: (f) => {
    const found = f[2] === 'V' ? null : place(f, 3);
    return (
      found && {
        ...found,
        ...numeric('speed', f[7], KNOTS),
        ...numeric('heading', f[8]),
        ...measured(date(f[9] ?? '', clock(f[1]))),
      }
    );
  },
  VTG: (f) => ({ ...numeric('heading', f[1]), ...numeric('speed', f[5], KNOTS) }),
};

/** The sum of the characters between $ and * fits; a sentence without a sum is taken as it is. */
function fits(body: string, sum: string | undefined): boolean {
  if (sum === undefined) return true;
  const expected = [...body].reduce((value, character) => value ^ character.charCodeAt(0), 0);
  return Number.parseInt(sum, 16) === expected;
}

/** Fields of a 'location' event from all sentences in the text; null when none gives a place. */
export function readNmea(text: string): Fields | null {
  const fields: Fields = {};
  for (const [, body, , sum] of text.matchAll(/\$([^$*\r\n]+)(\*([0-9A-Fa-f]{2}))?/g)) {
    if (!fits(body, sum)) continue;
    const parts = body.split(',');
    if (parts[0] === 'PP25' && parts[1]) fields.label = parts[1].slice(0, 16);
    else Object.assign(fields, SENTENCES[parts[0].slice(2)]?.(parts) ?? {});
  }
  return fields.latitude === undefined ? null : fields;
}
