type Part = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'weekday' | 'ms';
type Clock = Record<Part, number>;

const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The conversions of C's strftime that a file name may need, and %f for milliseconds as trunk-recorder has it. */
const CONVERSIONS: Readonly<Record<string, (clock: Clock, time: number) => string>> = {
  Y: ({ year }) => String(year),
  y: ({ year }) => pad(year % 100),
  m: ({ month }) => pad(month),
  d: ({ day }) => pad(day),
  e: ({ day }) => String(day).padStart(2),
  H: ({ hour }) => pad(hour),
  I: ({ hour }) => pad(hour % 12 || 12),
  p: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  M: ({ minute }) => pad(minute),
  S: ({ second }) => pad(second),
  f: ({ ms }) => pad(ms, 3),
  s: (_clock, time) => String(Math.floor(time / 1000)),
  j: ({ year, month, day }) => pad((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 0)) / 86_400_000, 3),
  u: ({ weekday }) => String(weekday || 7),
  w: ({ weekday }) => String(weekday),
  a: ({ weekday }) => DAYS[weekday].slice(0, 3),
  A: ({ weekday }) => DAYS[weekday],
  b: ({ month }) => MONTHS[month - 1].slice(0, 3),
  B: ({ month }) => MONTHS[month - 1],
  '%': () => '%',
};

/** Shorter ways to write some. */
const SHORT: Readonly<Record<string, string>> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' };

/** trunk-recorder's names for whole formats, by time zone. */
const PRESETS: Readonly<Record<string, string>> = { iso: '%Y-%m-%dT%H:%M:%S', iso_ms: '%Y-%m-%dT%H:%M:%S.%f' };

/** A function from ms since 1970 to text; undefined when there is something in the format that is not known. */
export function strftime(format: string, utc: boolean): ((time: number) => string) | undefined {
  const preset = Object.hasOwn(PRESETS, format) ? PRESETS[format] + (utc ? 'Z' : '') : format;
  const whole = preset.replace(/%([FTRD])/g, (_, short) => SHORT[short]);
  const unknown = [...whole.matchAll(/%(.?)/gs)].some(([, letter]) => !Object.hasOwn(CONVERSIONS, letter));
  if (unknown) return undefined;
  return (time) => {
    const clock = read(new Date(time), utc);
    return whole.replace(/%(.)/g, (_, letter) => CONVERSIONS[letter](clock, time));
  };
}

function read(date: Date, utc: boolean): Clock {
  // The parts of a time zone's clock are those of UTC, moved.
  const moved = utc ? date : new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return {
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
    hour: moved.getUTCHours(),
    minute: moved.getUTCMinutes(),
    second: moved.getUTCSeconds(),
    weekday: moved.getUTCDay(),
    ms: moved.getUTCMilliseconds(),
  };
}
