import { Reader } from './reader';

/** Automatic registration service (Motorola): kinds of messages. */
const KINDS: Readonly<Record<number, string>> = {
  0: 'device_registration',
  1: 'device_deregistration',
  4: 'query',
  5: 'user_registration',
  6: 'user_deregistration',
  7: 'user_answer',
  15: 'device_answer',
};

const FAILURES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  device_answer: { 0: 'device not authorised' },
  user_answer: { 1: 'user not valid', 2: 'user validation timed out' },
};

/** First header: another header follows; acknowledgement wanted, in answers: refused; kind. */
const EXTENDED = 0x80;
const ACKNOWLEDGE = 0x40;
/** The time after which a device registers again is counted in half hours. */
const REFRESH_MINUTES = 30;

/** Text with its length before it; empty when it is not readable. */
function text(r: Reader): string {
  const bytes = r.take(r.u8());
  const readable = !r.overrun && bytes.every((octet) => octet >= 0x20 && octet < 0x7f);
  return readable ? String.fromCharCode(...bytes) : '';
}

/** What a message of the service says; null for what is none. Passwords are left out. */
export function readArs(bytes: Uint8Array): { type: string; [field: string]: unknown } | null {
  const whole = new Reader(bytes);
  const length = whole.u16();
  if (length === 0 || length > whole.left) return null;
  const r = new Reader(whole.take(length));
  const header = r.u8();
  const kind = KINDS[header & 0x0f];
  if (!kind) return null;
  const event = { type: 'automatic_registration', kind };
  const isAnswer = kind.endsWith('answer');
  // Each header may announce another one.
  let second = 0;
  for (let more = (header & EXTENDED) !== 0; more && r.left > 0; more = (second & EXTENDED) !== 0) second = r.u8();
  if (isAnswer) {
    const accepted = (header & ACKNOWLEDGE) === 0;
    const value = second & 0x7f;
    if (!accepted) return { ...event, accepted, reason_name: FAILURES[kind]?.[value] ?? 'transmission failed' };
    return {
      ...event,
      accepted,
      ...(kind === 'device_answer' && value > 0 && { refresh_minutes: value * REFRESH_MINUTES }),
    };
  }
  if (!kind.endsWith('_registration')) return event;
  const device = text(r);
  const user = text(r);
  return { ...event, ...(device && { device }), ...(user && { user }) };
}
