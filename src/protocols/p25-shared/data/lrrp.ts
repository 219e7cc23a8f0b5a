import { Reader } from './reader';

/**
 * Location request and response protocol: a document of one octet for its kind, one for its length, then elements of
 * one octet and a value each (Motorola's binary XML; after ok-dmrlib, sdrtrunk and others, with messages heard on air).
 */

/** Documents without the constant table; those with it are one lower. */
const DOCUMENTS: Readonly<Record<number, { name: string; is: 'request' | 'answer' | 'report' }>> = {
  5: { name: 'immediate_request', is: 'request' },
  7: { name: 'immediate_report', is: 'report' },
  9: { name: 'triggered_request', is: 'request' },
  11: { name: 'triggered_answer', is: 'answer' },
  13: { name: 'triggered_report', is: 'report' },
  15: { name: 'triggered_stop_request', is: 'request' },
  17: { name: 'triggered_stop_answer', is: 'answer' },
  19: { name: 'unsolicited_report', is: 'report' },
  20: { name: 'protocol_version_request', is: 'request' },
  21: { name: 'protocol_version_answer', is: 'answer' },
};

/** Results of an answer or report, as far as they are known. */
const RESULTS: Readonly<Record<number, string>> = {
  0: 'success',
  10: 'invalid command',
  16: 'no positioning',
  22: 'duplicate request',
};

/** Whole number in groups of seven bits; the first bit of an octet says that another one follows. */
function uintvar(r: Reader): number {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const octet = r.u8();
    value = value * 128 + (octet & 0x7f);
    if (!(octet & 0x80)) break;
  }
  return value;
}

/** What comes after the point, in the same groups. */
function fraction(r: Reader): number {
  const from = r.at;
  const value = uintvar(r);
  return value / 128 ** (r.at - from);
}

const ufloatvar = (r: Reader): number => uintvar(r) + fraction(r);

/** The same with a sign in the second bit. */
function sfloatvar(r: Reader): number {
  const first = r.u8();
  let value = first & 0x3f;
  let more = (first & 0x80) !== 0;
  for (let i = 0; more && i < 4; i++) {
    const octet = r.u8();
    value = value * 128 + (octet & 0x7f);
    more = (octet & 0x80) !== 0;
  }
  value += fraction(r);
  return first & 0x40 ? -value : value;
}

type Fields = Record<string, unknown>;

/** Latitude by sign and size, longitude in two's complement: a whole circle is 2^32 (as 3GPP TS 23.032 6.1 has them). */
const point = (r: Reader): Fields => {
  const latitude = r.u32();
  const longitude = r.u32();
  const size = ((latitude % 0x80000000) * 90) / 0x80000000;
  return {
    latitude: latitude >= 0x80000000 ? -size : size,
    longitude: ((longitude >= 0x80000000 ? longitude - 0x100000000 : longitude) * 180) / 0x80000000,
  };
};

const two = (value: number): string => String(value).padStart(2, '0');

/** Year (14 bits), month (4), day (5), hour (5), minute (6), second (6). */
function time(r: Reader): Fields {
  const high = r.u16();
  const low = r.u8() * 0x10000 + r.u16();
  const [year, month, day] = [high >> 2, ((high & 3) << 2) | (low >> 22), (low >> 17) & 0x1f];
  const [hour, minute, second] = [(low >> 12) & 0x1f, (low >> 6) & 0x3f, low & 0x3f];
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return {};
  return { measured: `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}Z` };
}

type Read = (r: Reader) => Fields;
const nothing: Read = () => ({});
/** A value that is not told. */
const skip =
  (read: (r: Reader) => number): Read =>
  (r) => {
    read(r);
    return {};
  };
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

const COMMON: Readonly<Record<number, Read>> = {
  34: (r) => ({ request_id: hexOf(r.take(uintvar(r))) }),
  35: (r) => ({ request_id: hexOf(r.take(1)) }),
};

const result = (code: number): Fields => ({ result: code, result_name: RESULTS[code] ?? `result ${code}` });

const heading = (degrees: number): Fields => (degrees < 360 ? { heading: degrees } : {});

const ANSWERS: Readonly<Record<number, Read>> = {
  ...COMMON,
  52: time,
  54: (r) => ({ version: uintvar(r) }),
  55: (r) => result(uintvar(r)),
  56: () => result(0),
  57: (r) => {
    const code = uintvar(r);
    r.take(uintvar(r));
    return result(code);
  },
  81: (r) => ({ ...point(r), accuracy: ufloatvar(r) }),
  85: (r) => {
    const place = { ...point(r), accuracy: ufloatvar(r), altitude: sfloatvar(r) };
    ufloatvar(r);
    return place;
  },
  86: (r) => heading(r.u8() * 2),
  101: (r) => ({ confidence: r.u8() }),
  102: point,
  105: (r) => ({ ...point(r), altitude: sfloatvar(r) }),
  106: (r) => {
    const place = { ...point(r), altitude: sfloatvar(r) };
    ufloatvar(r);
    return place;
  },
  107: (r) => ({ speed: uintvar(r) }),
  108: (r) => ({ speed: ufloatvar(r) }),
  112: (r) => ({ vertical_speed: sfloatvar(r) }),
};

const REQUESTS: Readonly<Record<number, Read>> = {
  ...COMMON,
  49: (r) => ({ interval: uintvar(r) }),
  51: nothing,
  52: nothing,
  63: (r) => ({ version: uintvar(r) }),
  66: (r) => ({ greatest_age: uintvar(r) }),
  74: (r) => ({ trigger: uintvar(r) }),
  80: nothing,
  81: nothing,
  82: nothing,
  83: nothing,
  84: nothing,
  85: skip(uintvar),
  86: skip(ufloatvar),
  87: nothing,
  95: skip(uintvar),
  96: skip(ufloatvar),
  97: skip((r) => r.u8()),
  98: nothing,
  100: nothing,
  102: nothing,
  103: skip(uintvar),
  104: skip(ufloatvar),
  105: nothing,
  113: skip(uintvar),
  114: skip(ufloatvar),
  115: skip((r) => r.u8()),
  116: nothing,
  118: nothing,
  120: (r) => ({ distance: uintvar(r) }),
};

/** What is asked for, of the elements of a request that stand for a word of their own. */
const WANTED: Readonly<Record<number, string>> = {
  84: 'altitude',
  87: 'heading',
  98: 'speed',
  100: 'vertical_speed',
  102: 'altitude',
  105: 'heading',
  116: 'speed',
  118: 'vertical_speed',
};

/** The event type, and what the document says; null for what is none. Elements after an unknown one are left out. */
export function readLrrp(bytes: Uint8Array): { type: string; [field: string]: unknown } | null {
  const r = new Reader(bytes);
  const code = r.u8();
  const document = DOCUMENTS[code] ?? DOCUMENTS[code + 1];
  const length = uintvar(r);
  if (!document || r.overrun || length > r.left) return null;
  const body = new Reader(r.take(length));
  const elements = document.is === 'request' ? REQUESTS : ANSWERS;
  const fields: Fields = {};
  const wanted: string[] = [];
  while (body.left > 0) {
    const element = body.u8();
    const read = elements[element];
    if (!read) break;
    const found = read(body);
    // A value that was cut off is none.
    if (body.overrun) break;
    Object.assign(fields, found);
    if (document.is === 'request' && element in WANTED) wanted.push(WANTED[element]);
  }
  const type =
    document.is === 'request' ? 'location_request' : fields.latitude === undefined ? 'location_answer' : 'location';
  return { type, document: document.name, ...(wanted.length > 0 && { wanted }), ...fields };
}
