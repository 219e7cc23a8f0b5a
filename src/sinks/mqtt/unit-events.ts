import type { EventObject } from '../../core/messages';

/** What happened to a unit, by the names of trunk-recorder's unit topics, and those it has no topic for. */
export type UnitHappening =
  | 'on'
  | 'off'
  | 'ackresp'
  | 'join'
  | 'data'
  | 'ans_req'
  | 'location'
  | 'call_alert'
  | 'emergency'
  | 'status'
  | 'denied';

export interface UnitEvent {
  happening: UnitHappening;
  unit: number;
  talkgroup?: number;
  /** The other unit of a call alert or call request. */
  target?: number;
  /** Degrees. */
  latitude?: number;
  longitude?: number;
  /** Status number, or the reason of a refusal. */
  detail?: string;
  /** Stream time, ms. */
  time?: number;
}

type Reader = (event: EventObject) => UnitEvent | undefined;

const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** The event of the unit in `field`; none for 0, which is no unit. */
function ofUnit(happening: UnitHappening, unit: unknown, more: Partial<UnitEvent> = {}): UnitEvent | undefined {
  const id = number(unit);
  return id ? { happening, unit: id, ...more } : undefined;
}

const READERS: Readonly<Record<string, Reader>> = {
  // A unit that was refused is not on.
  registration: (event) => (event.accepted === false ? undefined : ofUnit('on', event.source)),
  deregistration: (event) => ofUnit('off', event.source),
  affiliation: (event) =>
    event.accepted === false ? undefined : ofUnit('join', event.source, { talkgroup: number(event.talkgroup) }),
  // The network answers the target; a radio answers with its own number.
  acknowledge: (event) => ofUnit('ackresp', event.message === 'ACK_RSP_U' ? event.source : event.target),
  unit_call_request: (event) => ofUnit('ans_req', event.source, { target: number(event.target) }),
  grant: (event) =>
    event.data === true && event.update !== true ? ofUnit('data', event.source ?? event.target) : undefined,
  location_registration: (event) => ofUnit('location', event.source, { talkgroup: number(event.talkgroup) }),
  call_alert: (event) => ofUnit('call_alert', event.source, { target: number(event.target) }),
  emergency_alarm: (event) => ofUnit('emergency', event.source, { talkgroup: number(event.talkgroup) }),
  status: (event) => ofUnit('status', event.source, { detail: String(event.user_status ?? event.unit_status ?? '') }),
  deny: (event) => ofUnit('denied', event.target, { detail: String(event.reason_name ?? '') }),
};

const MOST_TALKERS = 256;

/** Finds what happened to units. A position names no unit: it is that of who talks on the same channel. */
export class UnitEvents {
  private readonly talkers = new Map<string, { unit: number; talkgroup?: number }>();

  read(event: EventObject): UnitEvent | undefined {
    const found = this.find(event);
    return found && { ...found, time: number(event.time) };
  }

  private find(event: EventObject): UnitEvent | undefined {
    const { type, stream = '' } = event;
    if (type === 'location') return this.located(stream, event);
    if (type === 'talker') this.heard(stream, event);
    else if (type === 'terminator') this.talkers.delete(stream);
    return Object.hasOwn(READERS, type) ? READERS[type](event) : undefined;
  }

  private heard(stream: string, event: EventObject): void {
    const unit = number(event.source);
    this.talkers.delete(stream);
    if (!unit) return;
    if (this.talkers.size >= MOST_TALKERS) this.talkers.delete(this.talkers.keys().next().value!);
    this.talkers.set(stream, { unit, talkgroup: number(event.talkgroup) });
  }

  private located(stream: string, event: EventObject): UnitEvent | undefined {
    const latitude = number(event.latitude);
    const longitude = number(event.longitude);
    const unit = number(event.source);
    const who = unit ? { unit } : this.talkers.get(stream);
    if (!who || latitude === undefined || longitude === undefined) return undefined;
    return { happening: 'location', ...who, latitude, longitude };
  }
}
