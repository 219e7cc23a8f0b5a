import type { CallInfo, EventObject } from '../../core/messages';
import type { CallNews } from './call-book';
import { callTitle, type FlatObject, flatCall, flatEvent, flatRates, flatState, flatUnit } from './flat';
import type { FlatTopics } from './flat-topics';
import { type Format, type FormatContext, RATES_INTERVAL } from './format';
import type { Publication, Qos } from './publication';
import { type ChosenTalkgroup, chosenIn } from './talkgroup-choice';
import type { UnitEvent } from './unit-events';

export interface FlatOptions {
  topics: FlatTopics;
  qos: Qos;
  /** Tell of every call; without, only what Home Assistant's entities need. */
  calls: boolean;
  units: boolean;
  /** Talkgroups with topics of their own. */
  talkgroups: readonly ChosenTalkgroup[];
}

/** What is kept is told again after this many seconds without a change, sooner while somebody calls. */
const KEPT_INTERVAL = 60;
const ACTIVE_INTERVAL = 10;
const MOST_ALERTED = 1024;

/** Events that tell of tones. */
const TONES = ['tone', 'tones'];

/** Our own messages: flat objects with stable keys. */
export class FlatFormat implements Format {
  private seconds = 0;
  /** What was last put where, and in which second. */
  private readonly told = new Map<string, { text: string; at: number }>();
  private readonly alerted = new Set<string>();

  constructor(
    private readonly options: FlatOptions,
    private readonly context: FormatContext,
  ) {}

  announce(now: number): Publication[] {
    this.told.clear();
    return [this.hello(), ...this.changes(now)];
  }

  hello(): Publication {
    return this.status('online');
  }

  news({ kind, call, recording }: CallNews, now: number): Publication[] {
    if (kind === 'complete') return [];
    const flat = flatCall(kind, call, recording);
    const out: Publication[] = [];
    if (this.options.calls) out.push(this.happening(this.topics.of(call.sys_name, 'call', kind), flat));
    if (this.isChosen(call)) {
      const topic = this.topics.talkgroup(call.sys_name, call.talkgroup, 'event');
      out.push(this.happening(topic, { event_type: kind, ...flat }));
    }
    if (kind !== 'end' && kind !== 'recorded') out.push(...this.alert(call, flat));
    if (kind === 'end')
      // Unlike the states, it is not told again by itself.
      out.push({
        ...this.keep(this.topics.of(call.sys_name, 'last_call'), { title: callTitle(call), ...flat }),
        lasting: true,
      });
    // Whether somebody calls must not wait for the next second.
    return kind === 'start' || kind === 'end' ? [...out, ...this.changes(now)] : out;
  }

  event(system: string, event: EventObject): Publication[] {
    const alerts = this.topics.of(system, 'alerts');
    const flat = flatEvent(system, event);
    if (event.type === 'emergency_alarm') return [this.happening(alerts, { event_type: 'emergency_alarm', ...flat })];
    if (!TONES.includes(event.type)) return [];
    return [
      this.happening(this.topics.of(system, 'tones'), flat),
      this.happening(alerts, { event_type: 'tones', ...flat }),
    ];
  }

  unit(system: string, event: UnitEvent): Publication[] {
    if (!this.options.units) return [];
    const flat = flatUnit(system, event, this.context.names);
    return [this.happening(this.topics.of(system, 'units', event.happening), flat)];
  }

  tick(now: number): Publication[] {
    this.seconds++;
    const changes = this.changes(now);
    if (this.seconds % RATES_INTERVAL !== 0) return changes;
    const rates = this.context.systems().flatMap((system) => {
      const health = this.context.health.health(system, now);
      if (!health) return [];
      return [{ topic: this.topics.of(system, 'rates'), payload: flatRates(health), qos: 0 as const, retain: false }];
    });
    return [...changes, ...rates];
  }

  goodbye(): Publication[] {
    return [this.status('offline')];
  }

  retains(topic: string): boolean {
    if (topic === this.topics.status || topic === this.topics.receiver) return true;
    return this.context.systems().some((system) => {
      const actives = chosenIn(system, this.options.talkgroups).map(({ talkgroup }) =>
        this.topics.talkgroup(system, talkgroup, 'active'),
      );
      return [this.topics.of(system, 'state'), this.topics.of(system, 'last_call'), ...actives].includes(topic);
    });
  }

  private get topics(): FlatTopics {
    return this.options.topics;
  }

  /** What the broker keeps, as far as it changed or was not told for a while. */
  private changes(now: number): Publication[] {
    const systems = this.context.systems();
    const locked = systems.filter((system) => this.context.health.health(system, now)?.locked).length;
    const calls = this.followed();
    const receiver = { calls: calls.length, systems: systems.length, systems_locked: locked };
    return [
      ...this.changed(this.topics.receiver, receiver, calls.length > 0),
      ...systems.flatMap((system) => this.systemChanges(system, now)),
    ];
  }

  private systemChanges(system: string, now: number): Publication[] {
    const calls = this.followed(system);
    const state = flatState(system, this.context.health.health(system, now), calls.length);
    const actives = chosenIn(system, this.options.talkgroups).flatMap(({ talkgroup }) => {
      const active = calls.some((call) => call.talkgroup === talkgroup);
      return this.changed(this.topics.talkgroup(system, talkgroup, 'active'), active ? 'ON' : 'OFF', active);
    });
    return [...this.changed(this.topics.of(system, 'state'), state, calls.length > 0), ...actives];
  }

  private changed(topic: string, payload: object | string, active: boolean): Publication[] {
    const text = JSON.stringify(payload);
    const before = this.told.get(topic);
    const age = this.seconds - (before?.at ?? 0);
    if (before?.text === text && age < (active ? ACTIVE_INTERVAL : KEPT_INTERVAL)) return [];
    this.told.set(topic, { text, at: this.seconds });
    return [this.keep(topic, payload)];
  }

  private followed(system?: string): CallInfo[] {
    return this.context.calls
      .active(system)
      .filter(({ monitored }) => !monitored)
      .map(({ call }) => call);
  }

  private isChosen({ sys_name: system, talkgroup }: CallInfo): boolean {
    return chosenIn(system, this.options.talkgroups).some((choice) => choice.talkgroup === talkgroup);
  }

  /** An alert is told once for a call, also when its emergency begins later. */
  private alert(call: CallInfo, flat: FlatObject): Publication[] {
    if (!(call.emergency || call.alert) || this.alerted.has(call.id)) return [];
    if (this.alerted.size >= MOST_ALERTED) this.alerted.delete(this.alerted.keys().next().value!);
    this.alerted.add(call.id);
    const type = call.emergency ? 'emergency' : 'alert';
    return [this.happening(this.topics.of(call.sys_name, 'alerts'), { event_type: type, ...flat })];
  }

  private status(payload: 'online' | 'offline'): Publication {
    return { topic: this.topics.status, payload, qos: 1, retain: true };
  }

  private happening(topic: string, payload: FlatObject): Publication {
    return { topic, payload, qos: this.options.qos, retain: false, lasting: this.options.qos > 0 };
  }

  private keep(topic: string, payload: object | string): Publication {
    return { topic, payload, qos: 1, retain: true };
  }
}
