import type { CallInfo, EventObject } from '../../../src/core/messages';
import type { HaTexts } from '../../../src/sinks/mqtt/ha-device';
import { Memory } from '../../../src/sinks/mqtt/memory';
import type { Names } from '../../../src/sinks/mqtt/names';
import type { Publication } from '../../../src/sinks/mqtt/publication';
import { MqttPublisher, type PublisherOptions } from '../../../src/sinks/mqtt/publisher';
import type { ReceiverDescription } from '../../../src/sinks/mqtt/tr-config';
import { clearCall } from '../../support/call-info';

// biome-ignore lint/suspicious/noExplicitAny: messages of every kind are looked into
export type Json = any;

/** Clock time at which the tests begin, ms. */
export const NOW = 1_700_000_000_000;

export const TEXTS: HaTexts = {
  receiver: 'Radio receiver',
  system: 'Radio system',
  online: 'Online',
  calls: 'Active calls',
  rate: 'Decode rate',
  snr: 'SNR',
  locked: 'Control channel',
  active: 'Call active',
  lastCall: 'Last call',
  alerts: 'Alerts',
  talkgroupCalls: '__name__',
  talkgroupActive: '__name__ active',
};

const NAMES: Names = {
  talkgroup: (_system, talkgroup) =>
    talkgroup === 9101
      ? { alphaTag: 'Fire Dispatch', description: 'County fire', category: 'Fire', tag: 'Fire Dispatch' }
      : undefined,
  unit: (_system, unit) => (unit === 4021 ? 'Engine 21' : ''),
};

export const RECEIVER: ReceiverDescription = {
  sources: [{ rate: 2_400_000, center: 851_500_000, ppm: 2, driver: 'rtl-sdr', device: 'rtl=0', gain: 0 }],
  systems: [{ name: 'county', talkgroupsFile: 'talkgroups.csv', recordUnknown: true, channels: [851_012_500] }],
  voiceChannels: 2,
  captureDir: 'recordings',
  callTimeout: 2,
};

const OPTIONS: PublisherOptions = {
  schema: 'both',
  instance: 'attic',
  qos: 1,
  prefix: 'radio',
  topic: 'tr',
  unitTopic: 'tr/units',
  messageTopic: 'tr/messages',
  clientId: 'trunkflow-1',
  units: true,
  audioLimit: 1000,
  expectRecordings: false,
};

export function call(fields: Partial<CallInfo> = {}): CallInfo {
  return clearCall(fields.start_time ?? NOW / 1000, fields);
}

/** The call after 6.5 s in which two units talked. */
export function endedCall(fields: Partial<CallInfo> = {}): CallInfo {
  const start = NOW / 1000;
  const source = { emergency: 0, signal_system: '' };
  return call({
    state: 'ended',
    reason: 'terminator',
    length: 6.5,
    stop_time: start + 8,
    stop_time_ms: NOW + 8000,
    error_count: 9,
    spike_count: 1,
    freq_error: -120,
    signal: -41.23,
    noise: -62.5,
    sources: [
      { ...source, src: 4021, time: start, pos: 0, tag: 'Engine 21' },
      { ...source, src: 77, time: start + 4, pos: 2.5, tag: '' },
    ],
    ...fields,
  });
}

export function stats(fields: Partial<EventObject> = {}): EventObject {
  const counters = { tsbk: 120, mbt: 0, ldu1: 0, ldu2: 0 };
  return {
    type: 'stats',
    protocol: 'p25',
    stream: 'dongle/control',
    time: NOW,
    locked: true,
    reason: '',
    rate: 40,
    counters,
    ...fields,
  };
}

/** A publisher and what it published, by a clock of its own. */
export class Bench {
  readonly publisher: MqttPublisher;
  readonly all: Publication[] = [];
  readonly errors: Error[] = [];
  now = NOW;

  constructor(
    options: Partial<PublisherOptions> = {},
    readonly memory = new Memory(undefined),
    public receiver = RECEIVER,
  ) {
    this.publisher = new MqttPublisher(
      { ...OPTIONS, ...options },
      { names: NAMES, memory, receiver: () => this.receiver, failed: (error) => this.errors.push(error) },
    );
  }

  start(): Publication[] {
    return this.took(this.publisher.start(this.now));
  }

  call(
    ...[event, info, recording]: [Parameters<MqttPublisher['call']>[0], CallInfo, Parameters<MqttPublisher['call']>[3]?]
  ) {
    return this.took(this.publisher.call(event, info, this.now, recording));
  }

  event(event: EventObject, system = 'county'): Publication[] {
    return this.took(this.publisher.event(system, event, this.now));
  }

  /** Lets seconds go by. */
  pass(seconds: number): Publication[] {
    const out: Publication[] = [];
    for (let second = 0; second < seconds; second++) {
      this.now += 1000;
      out.push(...this.publisher.tick(this.now));
    }
    return this.took(out);
  }

  took(publications: Publication[]): Publication[] {
    this.all.push(...publications);
    return publications;
  }
}

/** The only publication of a topic. */
export function at(publications: readonly Publication[], topic: string): Publication & { payload: Json } {
  const found = publications.filter((publication) => publication.topic === topic);
  if (found.length !== 1) throw new Error(`${found.length} of ${topic} among ${publications.map((p) => p.topic)}`);
  return found[0];
}
