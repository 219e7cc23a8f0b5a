/** What a recording's name tells. */
export interface NameFacts {
  /** Hz. */
  center?: number;
  /** Samples per second. */
  rate?: number;
  /** Milliseconds since 1970. */
  startTime?: number;
}

const UNIT: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/**
 * Reads centre frequency, sample rate and start time from the names that receivers give their recordings: gqrx, SDR#,
 * HDSDR, SDRuno, SDR Console, SDR++, rtl_433 and the like. Numbers with a unit may stand anywhere: `851.625MHz` and
 * `851.625M` are frequencies, `2400k`, `2.4Msps` and `48000sps` are rates.
 * @param name without its folder
 */
export function readFileName(name: string): NameFacts {
  const base = name.replace(/\.[A-Za-z][A-Za-z0-9-]*$/, '');
  const gqrx = /^gqrx_(\d{8})_(\d{6})_(\d+)_(\d+)_fc$/.exec(base);
  if (gqrx) {
    // gqrx writes UTC without saying so.
    const startTime = timeOf(gqrx[1], gqrx[2], true);
    return { center: Number(gqrx[3]), rate: Number(gqrx[4]), startTime };
  }
  return { ...readUnits(base), startTime: readTime(base) };
}

function readUnits(base: string): NameFacts {
  const facts: NameFacts = {};
  const bare: number[] = [];
  const pattern = /(?<![A-Za-z0-9.])(\d+(?:\.\d+)?)([kmg]?)(hz|sps|)(?![A-Za-z0-9])/gi;
  for (const [, digits, prefix, unit] of base.matchAll(pattern)) {
    const value = Number(digits) * UNIT[prefix.toLowerCase()];
    if (/^hz$/i.test(unit)) facts.center ??= value;
    else if (unit) facts.rate ??= value;
    else if (prefix === 'k' || prefix === 'K') facts.rate ??= value;
    else if (prefix === 'M' || prefix === 'G') bare.push(value);
  }
  // Of two bare M the smaller is a rate, if it can be one.
  bare.sort((a, b) => b - a);
  if (bare.length > 0) facts.center ??= bare[0];
  if (bare.length > 1 && bare[1] <= 61.44e6) facts.rate ??= bare[1];
  return facts;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** 20200131_235959 with or without Z, 31-Jan-2020 235959.123 (SDR Console), 23-59-59_31-01-2020 (SDR++). */
function readTime(base: string): number | undefined {
  const compact = /(?<!\d)((?:19|20)\d{6})[_T-](\d{6})(Z?)(?!\d)/.exec(base);
  if (compact) return timeOf(compact[1], compact[2], compact[3] === 'Z');
  const console = /(?<!\d)(\d\d)-([A-Z][a-z]{2})-(\d{4})[ _](\d{6})/.exec(base);
  if (console) {
    const month = MONTHS.indexOf(console[2].toLowerCase()) + 1;
    return timeOf(console[3] + two(month) + console[1], console[4], false);
  }
  const plusplus = /(?<!\d)(\d\d)-(\d\d)-(\d\d)_(\d\d)-(\d\d)-(\d{4})(?!\d)/.exec(base);
  if (!plusplus) return undefined;
  const [, hour, minute, second, day, month, year] = plusplus;
  return timeOf(year + month + day, hour + minute + second, false);
}

/** @param date yyyymmdd @param time hhmmss @param utc false: in this computer's time zone */
function timeOf(date: string, time: string, utc: boolean): number | undefined {
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6, 8)].map(Number);
  const [hour, minute, second] = [time.slice(0, 2), time.slice(2, 4), time.slice(4, 6)].map(Number);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  return utc
    ? Date.UTC(year, month - 1, day, hour, minute, second)
    : new Date(year, month - 1, day, hour, minute, second).getTime();
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
