import type { TrunkflowError } from '../../core/errors';
import type { CallHappening, CallInfo, EventObject } from '../../core/messages';
import { CallBook, type CallNews, type RecordedCall } from './call-book';
import { FlatFormat } from './flat-format';
import { FlatTopics } from './flat-topics';
import { type Format, type FormatContext, RATES_INTERVAL } from './format';
import { type HaDevice, type HaTexts, haId, receiverDevice, systemDevice } from './ha-device';
import { HealthBook } from './health';
import type { Memory } from './memory';
import { type Names, SystemNumbers } from './names';
import type { Publication, Qos } from './publication';
import { type ChosenTalkgroup, chosenIn } from './talkgroup-choice';
import type { ReceiverDescription } from './tr-config';
import { TrunkRecorderFormat } from './trunk-recorder';
import { UnitEvents } from './unit-events';

export interface PublisherOptions {
  /** Which messages: our flat ones, those of trunk-recorder's plugin, or both. */
  schema: 'flat' | 'trunk-recorder' | 'both';
  instance: string;
  qos: Qos;
  /** First level of the flat topics. */
  prefix: string;
  /** Roots of trunk-recorder's topics; '' leaves the units or messages out. */
  topic: string;
  unitTopic: string;
  messageTopic: string;
  clientId: string;
  /** Tell what units do, in the flat messages. */
  units: boolean;
  /** Largest recording to send, bytes; 0 = none. */
  audioLimit: number;
  /** Undefined without Home Assistant. */
  homeAssistant?: { prefix: string; talkgroups: readonly ChosenTalkgroup[]; texts: HaTexts; version: string };
  /** A call recorder is wired to the same node. */
  expectRecordings: boolean;
}

export interface Surroundings {
  names: Names;
  receiver(): ReceiverDescription;
  memory: Memory;
  /** Something could not be published; a person should know. */
  failed(error: TrunkflowError): void;
}

/** Turns calls, events and recordings into MQTT messages. Has no clock and no timers: `now` is ms since 1970. */
export class MqttPublisher {
  readonly calls: CallBook;
  private readonly health = new HealthBook();
  private readonly numbers = new SystemNumbers();
  private readonly units = new UnitEvents();
  private readonly topics: FlatTopics;
  private readonly formats: Format[] = [];
  private seconds = 0;

  constructor(
    private readonly options: PublisherOptions,
    private readonly around: Surroundings,
  ) {
    const { schema, homeAssistant, prefix, instance } = options;
    this.calls = new CallBook(options.expectRecordings);
    this.topics = new FlatTopics([prefix, instance].filter(Boolean).join('/'));
    const context: FormatContext = {
      calls: this.calls,
      health: this.health,
      names: around.names,
      numbers: this.numbers,
      receiver: () => around.receiver(),
      systems: () => around.memory.systems(),
    };
    if (schema !== 'trunk-recorder' || homeAssistant) {
      const talkgroups = homeAssistant?.talkgroups ?? [];
      const calls = schema !== 'trunk-recorder';
      const units = calls && options.units;
      this.formats.push(new FlatFormat({ topics: this.topics, qos: options.qos, calls, units, talkgroups }, context));
    }
    if (schema !== 'flat')
      this.formats.push(new TrunkRecorderFormat(options, context, (error) => around.failed(error)));
  }

  /** The flow has started: what is no longer set goes, then what the broker keeps is told. */
  start(now: number): Publication[] {
    const { memory } = this.around;
    const configured = this.configured();
    this.numbers.configure(configured);
    memory.forgetGone(configured);
    const unused = memory.withdrawUnused((topic) => this.formats.some((format) => format.retains(topic)));
    return [...unused, ...this.announce(now)];
  }

  /** Says that the flow is there; does no harm however often it is told. */
  hello(): Publication {
    return this.kept([this.formats[0].hello()])[0];
  }

  /** The broker, or Home Assistant, may have lost what it was told. */
  announce(now: number): Publication[] {
    return this.kept([...this.discovery(now, true), ...this.formats.flatMap((format) => format.announce(now))]);
  }

  call(event: CallHappening, call: CallInfo, now: number, recording?: RecordedCall): Publication[] {
    if (!this.hear(call.sys_name)) return [];
    const news = this.calls.news(event, call, now, recording);
    return this.kept([...this.discovery(now), ...this.tell(news, now)]);
  }

  /** @param system short name of the system the event is of */
  event(system: string, event: EventObject, now: number): Publication[] {
    if (!this.hear(system)) return [];
    this.calls.passed(event.time, now);
    if (event.type === 'grant' && typeof event.talkgroup === 'number') this.calls.granted(system, event.talkgroup, now);
    const isHealth = this.health.event(system, event, now);
    const unit = this.units.read(event);
    return this.kept([
      ...(isHealth ? this.discovery(now) : []),
      ...this.formats.flatMap((format) => format.event(system, event, now)),
      ...(unit ? this.formats.flatMap((format) => format.unit(system, unit, now)) : []),
    ]);
  }

  /** Once a second. */
  tick(now: number): Publication[] {
    const news = this.tell(this.calls.tick(now), now);
    const out = [...news, ...this.formats.flatMap((format) => format.tick(now))];
    // All formats have told the rates of the interval by now.
    if (++this.seconds % RATES_INTERVAL === 0) this.health.nextInterval();
    return this.kept(out);
  }

  /** The flow stops: calls that wait for their recording are told without, then that nobody is here. */
  stop(now: number): Publication[] {
    return [...this.tell(this.calls.finish(), now), ...this.formats.flatMap((format) => format.goodbye(now))];
  }

  /** The node is taken out of the flow: nothing of it stays at the broker. */
  remove(now: number): Publication[] {
    const { memory } = this.around;
    const complete = this.tell(this.calls.finish(), now);
    return [...complete, ...memory.discover(new Map(), true), ...memory.withdrawUnused(() => false)];
  }

  private tell(news: readonly CallNews[], now: number): Publication[] {
    return news.flatMap((one) => this.formats.flatMap((format) => format.news(one, now)));
  }

  private kept(publications: Publication[]): Publication[] {
    this.around.memory.sent(publications);
    return publications;
  }

  private hear(system: string): boolean {
    return this.around.memory.hear(system, this.configured().includes(system));
  }

  private configured(): string[] {
    return this.around.receiver().systems.map(({ name }) => name);
  }

  /** What Home Assistant must know; nothing is told twice unless `all`. */
  private discovery(now: number, all = false): Publication[] {
    return this.around.memory.discover(this.devices(now), all);
  }

  private devices(now: number): Map<string, HaDevice> {
    const devices = new Map<string, HaDevice>();
    const { homeAssistant, instance } = this.options;
    if (!homeAssistant) return devices;
    const settings = { instance, topics: this.topics, version: homeAssistant.version, texts: homeAssistant.texts };
    const topic = (...names: string[]) => `${homeAssistant.prefix}/device/${haId(...names)}/config`;
    devices.set(topic(instance), receiverDevice(settings));
    for (const name of this.around.memory.systems()) {
      const place = topic(instance, name);
      const health = this.health.health(name, now);
      const talkgroups = chosenIn(name, homeAssistant.talkgroups).map((choice) => ({
        choice,
        name: choice.name || this.around.names.talkgroup(name, choice.talkgroup)?.alphaTag || '',
      }));
      // What was known before a restart must not go, and come again a moment later as another.
      const decoded = health !== undefined || this.around.memory.has(place, 'rate');
      const snr = health?.snr !== undefined || this.around.memory.has(place, 'snr');
      devices.set(place, systemDevice({ name, decoded, snr, talkgroups }, settings));
    }
    return devices;
  }
}
