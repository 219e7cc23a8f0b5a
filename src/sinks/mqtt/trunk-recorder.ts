import { asTrunkflowError, type TrunkflowError } from '../../core/errors';
import type { CallInfo, EventObject } from '../../core/messages';
import type { CallNews, RecordedCall } from './call-book';
import { type Format, type FormatContext, RATES_INTERVAL } from './format';
import { type Publication, type Qos, topicLevel } from './publication';
import { trAudio } from './tr-audio';
import { type CallPlace, trCall, trEndedCall } from './tr-call';
import { trConfig, trSystem } from './tr-config';
import { trMessage } from './tr-messages';
import { Recorders } from './tr-recorders';
import { trUnit, trUnitCall, trUnitEnds } from './tr-units';
import type { UnitEvent } from './unit-events';

export interface TrunkRecorderOptions {
  /** Roots of the topics, as in the plugin's settings; '' leaves these messages out. */
  topic: string;
  unitTopic: string;
  messageTopic: string;
  instance: string;
  clientId: string;
  qos: Qos;
  /** Largest audio file to send, bytes; 0 = none are sent. */
  audioLimit: number;
}

/** The messages of trunk-recorder's MQTT plugin, field for field. */
export class TrunkRecorderFormat implements Format {
  private readonly recorders = new Recorders();
  private seconds = 0;
  /** The last `systems`, as text: it is told when it changes. */
  private told = new Map<string, string>();

  constructor(
    private readonly options: TrunkRecorderOptions,
    private readonly context: FormatContext,
    private readonly failed: (error: TrunkflowError) => void,
  ) {}

  announce(now: number): Publication[] {
    this.recorders.provide(this.context.receiver().voiceChannels);
    return [this.hello(), this.config(now), this.systems(now)];
  }

  hello(): Publication {
    return this.status('connected');
  }

  news(news: CallNews, now: number): Publication[] {
    const { call, recording } = news;
    switch (news.kind) {
      case 'start':
        return this.started(call, now);
      case 'update':
        this.recorders.update(call);
        return [];
      case 'end': {
        const recorder = this.recorders.of(call);
        this.recorders.release(call);
        return recorder < 0 ? [] : [this.recorder(recorder, now)];
      }
      case 'not_followed':
        return [this.callStart(call, now), ...this.unitCall(call, now)];
      case 'complete':
        return this.completed(call, recording, now);
      case 'recorded':
        return recording ? this.audio(recording, now) : [];
    }
  }

  event(system: string, event: EventObject, now: number): Publication[] {
    const told = event.type === 'system' || event.type === 'stats' ? this.identity(system, now) : [];
    if (!this.options.messageTopic) return told;
    const message = trMessage(event, { number: this.context.numbers.of(system), name: system });
    if (!message) return told;
    const topic = `${this.options.messageTopic}/${topicLevel(system)}`;
    return [...told, this.publication(topic, 'messages', 'message', 'message', message, now, { qos: 0 })];
  }

  unit(system: string, event: UnitEvent, now: number): Publication[] {
    if (!this.options.unitTopic) return [];
    const place = { number: this.context.numbers.of(system), name: system };
    const fields = trUnit(event, place, this.context.names);
    return fields ? [this.unitPublication(system, event.happening, fields, now)] : [];
  }

  tick(now: number): Publication[] {
    const { calls } = this.context;
    const list = calls.active().map(({ call }) => trCall(call, this.place(call, now)));
    const active = this.snapshot('calls_active', 'calls', list, now);
    this.seconds++;
    return this.seconds % RATES_INTERVAL === 0 ? [active, ...this.everyInterval(now)] : [active];
  }

  goodbye(): Publication[] {
    return [this.status('disconnected')];
  }

  retains(topic: string): boolean {
    const { topic: root } = this.options;
    return [`${root}/trunk_recorder/status`, `${root}/config`, `${root}/systems`].includes(topic);
  }

  private everyInterval(now: number): Publication[] {
    const rates = this.known(now).map(({ system, health }) => ({
      sys_num: this.context.numbers.of(system),
      sys_name: system,
      decoderate: health?.rate ?? 0,
      decoderate_interval: RATES_INTERVAL,
      control_channel: health?.controlChannel ?? 0,
    }));
    return [
      this.snapshot('rates', 'rates', rates, now),
      this.snapshot('recorders', 'recorders', this.recorders.describeAll(), now),
    ];
  }

  private started(call: CallInfo, now: number): Publication[] {
    const recorder = this.recorders.take(call);
    return [
      this.callStart(call, now),
      ...this.unitCall(call, now),
      ...(recorder < 0 ? [] : [this.recorder(recorder, now)]),
    ];
  }

  private callStart(call: CallInfo, now: number): Publication {
    return this.publication(
      this.options.topic,
      'call_start',
      'call_start',
      'call',
      trCall(call, this.place(call, now)),
      now,
    );
  }

  private unitCall(call: CallInfo, now: number): Publication[] {
    if (!this.options.unitTopic) return [];
    const fields = trUnitCall(call, this.context.numbers.of(call.sys_name));
    return [this.unitPublication(call.sys_name, 'call', fields, now)];
  }

  private completed(call: CallInfo, recording: RecordedCall | undefined, now: number): Publication[] {
    const place = this.place(call, now);
    const ended = trEndedCall(call, place, seconds(now), recording);
    const units = this.options.unitTopic ? trUnitEnds(call, place.system, recording) : [];
    return [
      ...units.map((fields) => this.unitPublication(call.sys_name, 'end', fields, now)),
      this.publication(this.options.topic, 'call_end', 'call_end', 'call', ended, now),
    ];
  }

  private audio(recording: RecordedCall, now: number): Publication[] {
    if (this.options.audioLimit === 0) return [];
    try {
      const call = trAudio(recording, this.options.audioLimit);
      const bytes = Math.ceil(((recording.audio?.length ?? 0) * 4) / 3);
      return [{ ...this.publication(this.options.topic, 'audio', 'audio', 'call', call, now), bytes }];
    } catch (error) {
      this.failed(asTrunkflowError(error, 'bad-message', 'A recording cannot be sent over MQTT'));
      return [];
    }
  }

  /** Tells `systems` and `system` when something about a system became known or changed. */
  private identity(system: string, now: number): Publication[] {
    const described = this.system(system, now);
    const text = JSON.stringify(described);
    if (this.told.get(system) === text) return [];
    this.told.set(system, text);
    return [this.systems(now), this.publication(this.options.topic, 'system', 'system', 'system', described, now)];
  }

  private systems(now: number): Publication {
    const list = this.known(now).map(({ system }) => this.system(system, now));
    return this.publication(this.options.topic, 'systems', 'systems', 'systems', list, now, { retain: true });
  }

  private system(system: string, now: number): Record<string, unknown> {
    return trSystem(system, this.context.numbers.of(system), this.context.health.health(system, now));
  }

  private config(now: number): Publication {
    const described = trConfig(this.context.receiver(), this.options.instance, {
      number: (system) => this.context.numbers.of(system),
      health: (system) => this.context.health.health(system, now),
    });
    return this.publication(this.options.topic, 'config', 'config', 'config', described, now, { retain: true });
  }

  /** The systems of the flow, and those that were heard besides. */
  private known(now: number) {
    const names = new Set([
      ...this.context.receiver().systems.map(({ name }) => name),
      ...this.context.health.systems(),
    ]);
    return [...names].map((system) => ({ system, health: this.context.health.health(system, now) }));
  }

  private place(call: CallInfo, now: number): CallPlace {
    const recorder = call.state === 'not_followed' ? -1 : this.recorders.of(call);
    return {
      system: this.context.numbers.of(call.sys_name),
      recorder,
      source: recorder < 0 ? -1 : 0,
      elapsed: this.context.calls.elapsed(call, now),
    };
  }

  private recorder(index: number, now: number): Publication {
    return this.snapshot('recorder', 'recorder', this.recorders.describe(index), now);
  }

  /** Has none of the other messages' keys. */
  private status(status: 'connected' | 'disconnected'): Publication {
    const { topic, clientId, instance } = this.options;
    return {
      topic: `${topic}/trunk_recorder/status`,
      payload: { client_id: clientId, instance_id: instance, status },
      qos: this.options.qos,
      retain: true,
    };
  }

  /** What the next message of its kind replaces. */
  private snapshot(type: string, name: string, data: object, now: number): Publication {
    return { ...this.publication(this.options.topic, type, type, name, data, now, { qos: 0 }), lasting: false };
  }

  private unitPublication(system: string, type: string, data: object, now: number): Publication {
    const topic = `${this.options.unitTopic}/${topicLevel(system)}`;
    const publication = this.publication(topic, type, type, type, data, now);
    // There, this one message has its time as text.
    if (type === 'call') Object.assign(publication.payload, { timestamp: String(seconds(now)) });
    return publication;
  }

  private publication(
    root: string,
    last: string,
    type: string,
    name: string,
    data: object,
    now: number,
    how: { qos?: Qos; retain?: boolean } = {},
  ): Publication {
    const { qos = this.options.qos, retain = false } = how;
    return {
      topic: `${root}/${last}`,
      payload: { type, [name]: data, timestamp: seconds(now), instance_id: this.options.instance },
      qos,
      retain,
      lasting: !retain && qos > 0,
    };
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
