import { resolve } from 'node:path';
import type { NodeAPI, NodeMessage, Node as RedNode } from 'node-red';
import { asTrunkflowError, TrunkflowError } from '../../src/core/errors';
import type { EventObject } from '../../src/core/messages';
import { fromNodeMessage, type WireMessage } from '../../src/core/ports';
import type { RecordedCall } from '../../src/sinks/mqtt/call-book';
import { Delivery, type Outgoing } from '../../src/sinks/mqtt/delivery';
import type { HaTexts } from '../../src/sinks/mqtt/ha-device';
import { Memory } from '../../src/sinks/mqtt/memory';
import type { Publication } from '../../src/sinks/mqtt/publication';
import { MqttPublisher } from '../../src/sinks/mqtt/publisher';
import { serve } from '../lib/node-input';
import { textSetting } from '../lib/settings';
import { StatusLine, type StatusText } from '../lib/status-line';
import { packageVersion } from '../lib/version';
import { MemoryFile } from './memory-file';
import { type MqttConfig, publisherOptions } from './options';
import { describeReceiver, isWiredFrom } from './receiver-description';
import { type SideMessage, sideMessage } from './side-messages';
import { SystemNames } from './system-names';

/** Where nobody tells when the broker is there, what it keeps is told again at these times (s) and then this often. */
const BLIND_REPEATS = [5, 15, 60];
const BLIND_INTERVAL = 300;

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-mqtt', function (this: RedNode, config: MqttConfig) {
    RED.nodes.createNode(this, config);
    const node = this;
    const path = resolve(RED.settings.userDir ?? '.', 'trunkflow', 'mqtt', `${node.id}.json`);
    const memory = new Memory(MemoryFile.read(path), () => file.touch());
    const file = new MemoryFile(path, () => memory.toJSON(), cannotRemember);
    const names = new SystemNames(RED);
    const delivery = new Delivery(Date.now(), isWiredFrom(RED, 'status', node.id));
    let receiver = describeReceiver(RED);
    let publisher: MqttPublisher | undefined;
    let wrong: TrunkflowError | undefined;
    let seconds = 0;

    const line = new StatusLine(node, compose);
    const report = serve(node, {
      message(msg) {
        const side = sideMessage(msg, `${textSetting(config.discoveryPrefix)}/status`);
        if (side) aside(side);
        else publish(take(msg));
        wrong = undefined;
        line.touch();
      },
      failed(error) {
        wrong = error;
        line.touch();
      },
      close(removed) {
        RED.events.off('flows:started', started);
        clearInterval(timer);
        line.close();
        // The mqtt out node may live on.
        publish((removed ? publisher?.remove(Date.now()) : publisher?.stop(Date.now())) ?? []);
        if (removed) file.remove();
        else file.close();
      },
    });
    const timer = setInterval(everySecond, 1000).unref();
    // Not before the nodes behind are there to take the first message.
    RED.events.on('flows:started', started);
    try {
      makePublisher();
    } catch (error) {
      wrong = report.atStart(error);
    }
    line.touch();

    function makePublisher(): MqttPublisher {
      const options = publisherOptions(config, {
        texts,
        version: packageVersion(),
        expectRecordings: isWiredFrom(RED, 'radio-recorder', node.id),
      });
      publisher = new MqttPublisher(options, {
        names,
        memory,
        receiver: () => receiver,
        failed: (error) => report.later(error),
      });
      return publisher;
    }

    /** Also when other flows were deployed: systems and names may be others now. */
    function started(): void {
      receiver = describeReceiver(RED);
      names.refresh();
      publish(publisher?.start(Date.now()) ?? []);
      probe();
    }

    function probe(): void {
      if (delivery.starting && publisher) send([delivery.probe(publisher.hello())]);
    }

    function take(msg: WireMessage): Publication[] {
      const message = fromNodeMessage(msg, ['event', 'call']);
      const ready = publisher ?? makePublisher();
      const now = Date.now();
      if (message.port === 'call') return ready.call(message.event, message.payload, now, recordingOf(msg));
      const { payload } = message;
      // What sources and channelizers tell is about no system.
      return payload.protocol ? ready.event(systemOf(msg, payload), payload, now) : [];
    }

    function aside(side: SideMessage): void {
      switch (side.kind) {
        case 'connection':
          opening(() => delivery.connection(side.connected, Date.now()));
          break;
        case 'arrived':
          opening(() => delivery.arrived(side.delivery, Date.now()));
          break;
        case 'home assistant':
          if (side.online) publish(publisher?.announce(Date.now()) ?? []);
      }
    }

    /** Sends what `step` lets go; when messages go out again from then on, everything is told. */
    function opening(step: () => Outgoing[]): void {
      const wasOpen = delivery.open;
      send(step());
      if (delivery.open && !wasOpen) publish(publisher?.announce(Date.now()) ?? []);
    }

    function everySecond(): void {
      const now = Date.now();
      opening(() => delivery.tick(now));
      probe();
      seconds++;
      const again = delivery.blind && (BLIND_REPEATS.includes(seconds) || seconds % BLIND_INTERVAL === 0);
      if (again) publish(publisher?.announce(now) ?? []);
      publish(publisher?.tick(now) ?? []);
      line.touch();
    }

    function publish(publications: readonly Publication[]): void {
      send(delivery.send(publications, Date.now()));
    }

    function send(outgoing: readonly Outgoing[]): void {
      for (const { publication, delivery: number } of outgoing) {
        const { topic, payload, qos, retain } = publication;
        node.send({ topic, payload, qos, retain, ...(number !== undefined && { delivery: number }) } as NodeMessage);
      }
    }

    function cannotRemember(cause: unknown): void {
      report.later(
        new TrunkflowError('storage', 'What was published cannot be remembered', {
          got: asTrunkflowError(cause, 'storage', path).got,
          hint: 'Retained messages may stay at the broker when something is removed',
          status: 'cannot remember',
        }),
      );
    }

    function compose(): StatusText {
      if (wrong) return { fill: 'red', shape: 'ring', text: wrong.status };
      const { sent, waiting, dropped } = delivery.counters();
      if (dropped > 0 && waiting > 0)
        return { fill: 'red', shape: 'ring', text: RED._('status.dropped', { count: brief(dropped) }) };
      if (!delivery.open)
        return { fill: 'yellow', shape: 'ring', text: RED._('status.away', { count: brief(waiting) }) };
      if (sent === 0) return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
      return { fill: 'green', shape: 'dot', text: RED._('status.sent', { count: brief(sent) }) };
    }

    function texts(): HaTexts {
      return {
        receiver: RED._('label.haReceiver'),
        system: RED._('label.haSystem'),
        online: RED._('label.haOnline'),
        calls: RED._('label.haCalls'),
        rate: RED._('label.haRate'),
        snr: RED._('label.haSnr'),
        locked: RED._('label.haLocked'),
        active: RED._('label.haActive'),
        lastCall: RED._('label.haLastCall'),
        alerts: RED._('label.haAlerts'),
        talkgroupCalls: RED._('label.haTalkgroupCalls', { name: '__name__' }),
        talkgroupActive: RED._('label.haTalkgroupActive', { name: '__name__' }),
      };
    }
  });
}

/** The system an event is of: the first level of its topic. */
function systemOf({ topic }: WireMessage, { type }: EventObject): string {
  const [system] = (topic ?? '').split('/');
  if (system) return system;
  throw new TrunkflowError('bad-message', `An event without its system: ${type}`, {
    expected: 'msg.topic <system>/<type>, as the trunk decoder sends it',
    got: 'none',
    hint: 'Wire the trunk decoder to this node, and change no topics on the way',
    status: 'no system',
  });
}

/** The recording, in a call recorder's message. */
function recordingOf(msg: WireMessage): RecordedCall | undefined {
  if (msg.event !== 'recorded' || typeof msg.filename !== 'string') return undefined;
  const { filename, metadata } = msg;
  const { transmission } = (msg.recording ?? {}) as { transmission?: number };
  const audio: unknown = msg.audio;
  return {
    filename,
    ...(Buffer.isBuffer(audio) && { audio }),
    ...(typeof msg.mime === 'string' && { mime: msg.mime }),
    ...(metadata && typeof metadata === 'object' ? { metadata: metadata as Record<string, unknown> } : {}),
    ...(typeof transmission === 'number' && { transmission }),
  };
}

function brief(count: number): string {
  return count < 10_000 ? String(count) : `${Math.round(count / 1000)}k`;
}

export = register;
