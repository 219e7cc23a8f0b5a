import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { NodeAPI, NodeDef, NodeMessage, Node as RedNode } from 'node-red';
import { asTrunkflowError, TrunkflowError } from '../../src/core/errors';
import { flowGate } from '../../src/core/flow-gate';
import { fromNodeMessage } from '../../src/core/ports';
import { CallRecorder } from '../../src/sinks/call-recorder';
import { exampleCall } from '../../src/sinks/example-call';
import { FORMATS, type RecordingFormat, usualLoudness } from '../../src/sinks/formats';
import { namePattern } from '../../src/sinks/name-pattern';
import type { NotKept } from '../../src/sinks/recorder-diagnosis';
import type { GivenOptions } from '../../src/sinks/recorder-options';
import { recordingPath } from '../../src/sinks/recording-names';
import type { FinishedRecording } from '../../src/sinks/shelf';
import * as archives from '../lib/archives';
import { serve } from '../lib/node-input';
import * as systems from '../lib/running-systems';
import { numberSetting, optionalNumber, textSetting } from '../lib/settings';
import { StatusLine, type StatusText } from '../lib/status-line';

interface RecorderConfig extends NodeDef {
  folder: unknown;
  shortest: unknown;
  sidecar: boolean;
  conventional: boolean;
  conventionalName: unknown;
  // Absent in flows made before they existed:
  format?: RecordingFormat;
  /** kbit/s; empty: what speech needs. */
  bitrate?: unknown;
  /** LUFS, or 'off'; empty: compressed files are evened out, WAV stays as it was decoded. */
  loudness?: unknown;
  pattern?: unknown;
  split?: 'call' | 'transmission';
  pauses?: boolean;
  longest?: unknown;
  /** Send the file's bytes too. */
  sendAudio?: boolean;
  log?: boolean;
  keepDays?: unknown;
  keepGb?: unknown;
  keepLogDays?: unknown;
}

/** Why calls are not recorded, by the code of the diagnosis. */
const REASONS: Record<NotKept, string> = {
  encrypted: 'status.encrypted',
  not_wanted: 'status.not_wanted',
  too_short: 'status.too_short',
  no_audio: 'status.no_audio',
};
const LONGEST = 3600;
const GB = 1e9;

/** @throws TrunkflowError 'bad-setting' */
function recorderOptions(config: RecorderConfig, userDir: string): GivenOptions {
  const folder = textSetting(config.folder);
  const format = config.format ?? 'wav';
  const log = config.log ?? true;
  const least = { least: 0 };
  const kbits = optionalNumber(config.bitrate, 'bit rate', undefined, { least: 1 });
  const limit = (value: unknown, name: string) => (log ? optionalNumber(value, name, undefined, least) : undefined);
  const gb = limit(config.keepGb, 'space for recordings');
  return {
    dir: folder && resolve(userDir, folder),
    format,
    bitrate: kbits === undefined ? undefined : kbits * 1000,
    loudness: loudnessSetting(config.loudness, format),
    pattern: textSetting(config.pattern),
    split: config.split ?? 'call',
    pauses: config.pauses ?? false,
    minLength: numberSetting(config.shortest, 'shortest call', least),
    maxLength: optionalNumber(config.longest, 'longest file', LONGEST, least),
    sidecar: config.sidecar,
    conventional: config.conventional,
    conventionalName: textSetting(config.conventionalName),
    describeConventional: (call) => systems.named(call.sys_name)?.describeConventional(call) ?? call,
    log,
    keepDays: limit(config.keepDays, 'days to keep recordings'),
    keepBytes: gb === undefined ? undefined : gb * GB,
    keepLogDays: limit(config.keepLogDays, 'days to keep the log'),
  };
}

function loudnessSetting(value: unknown, format: RecordingFormat): number | undefined {
  const text = textSetting(value);
  if (text === 'off') return undefined;
  return optionalNumber(text, 'loudness', usualLoudness(format));
}

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-recorder', function (this: RedNode, config: RecorderConfig) {
    RED.nodes.createNode(this, config);
    const node = this;
    let recorder: CallRecorder | undefined;
    let withdraw = () => {};
    /** Messages are sent in the order of the recordings, though their files are read first. */
    let sending = Promise.resolve();
    let wrong: TrunkflowError | undefined;

    const line = new StatusLine(node, compose);
    const report = serve(node, {
      control: ({ annotate }) => (annotate === undefined ? undefined : note(annotate)),
      async message(msg) {
        const message = fromNodeMessage(msg, ['audio', 'call']);
        if (message.port === 'call') {
          (recorder ??= makeRecorder()).told(message.event, message.payload);
          return;
        }
        const release = flowGate.hold(message.info.stream);
        try {
          recorder ??= makeRecorder();
          await recorder.write(message);
        } finally {
          release();
        }
        wrong = undefined;
        line.touch();
      },
      failed(error) {
        wrong = error;
        line.touch();
      },
      async close() {
        await recorder?.close();
        await sending;
        withdraw();
        line.close();
      },
    });
    try {
      recorder = makeRecorder();
    } catch (error) {
      wrong = report.atStart(error);
    }
    line.touch();

    function makeRecorder(): CallRecorder {
      const made = new CallRecorder(recorderOptions(config, RED.settings.userDir ?? '.'), {
        diagnosis: (event) => {
          node.send([null, { topic: 'recorder/diagnosis', payload: event }]);
          line.touch();
        },
        recorded: (recording) => {
          sending = sending
            .then(() => send(recording))
            .catch((error) => report.later(asTrunkflowError(error, 'bad-message', 'A recording could not be sent on')));
          line.touch();
        },
        error: (error) => {
          report.later(error);
          line.touch();
        },
      });
      if (made.archive) withdraw = archives.add(node.id, made.archive);
      return made;
    }

    /** Puts a text that came for a call into the archive. */
    async function note(wanted: unknown): Promise<void> {
      const { id, transcript } = (wanted ?? {}) as { id?: unknown; transcript?: unknown };
      if (typeof id !== 'string' || typeof transcript !== 'string') {
        throw new TrunkflowError('bad-message', 'Unusable note on a call', {
          expected: 'msg.control.annotate with the id and the transcript of a call',
          got: JSON.stringify(wanted)?.slice(0, 100),
          status: 'bad note',
        });
      }
      const known = await recorder?.archive?.annotate(id, { transcript });
      if (known) return;
      throw new TrunkflowError('bad-message', `No call to put a text to: ${id.slice(0, 100)}`, {
        hint: recorder?.archive ? 'Take the id from msg.recording.id' : 'This recorder keeps no call log: switch it on',
        status: 'unknown call',
      });
    }

    async function send(recording: FinishedRecording): Promise<void> {
      const { id, call, filename, json, format, length, transmission, metadata } = recording;
      const audio = (config.sendAudio ?? true) ? await readAudio(filename) : undefined;
      const message = {
        topic: `${call.sys_name}/${call.talkgroup}`,
        event: 'recorded',
        payload: call,
        filename,
        ...(json ? { sidecar: json } : {}),
        ...(audio ? { audio } : {}),
        mime: FORMATS[format].mime,
        metadata,
        recording: { id, format, length, ...(transmission ? { transmission } : {}), archive: node.id },
      };
      node.send([message as NodeMessage, null]);
    }

    async function readAudio(filename: string): Promise<Buffer | undefined> {
      try {
        return await readFile(filename);
      } catch (error) {
        report.later(
          new TrunkflowError('storage', `A recording cannot be read: ${filename}`, {
            got: String(error),
            status: 'cannot read',
          }),
        );
        return undefined;
      }
    }

    function compose(): StatusText {
      const problem = wrong ?? recorder?.trouble;
      if (problem) return { fill: 'red', shape: 'ring', text: problem.status };
      const warning = recorder?.encoderTrouble;
      if (warning) return { fill: 'yellow', shape: 'ring', text: warning.status };
      const { recording = 0, recorded = 0 } = recorder?.counters() ?? {};
      if (recording > 0) return { fill: 'blue', shape: 'dot', text: RED._('status.recording', { count: recording }) };
      const none = recorder?.problem;
      if (none) return { fill: 'yellow', shape: 'ring', text: RED._(REASONS[none.code]) };
      if (recorded > 0) return { fill: 'green', shape: 'dot', text: RED._('status.recorded', { count: recorded }) };
      return { fill: 'grey', shape: 'ring', text: RED._('status.waiting') };
    }
  });

  // The dialog shows what a pattern makes of a call.
  RED.httpAdmin.get(
    '/trunkflow/recorder/name',
    RED.auth.needsPermission('radio-recorder.read'),
    ({ query: { pattern, format } }, response) => {
      try {
        const name = textSetting(pattern) === '' ? recordingPath : namePattern(textSetting(pattern));
        const known = FORMATS[Object.hasOwn(FORMATS, String(format)) ? (format as RecordingFormat) : 'wav'];
        response.json({ name: name(exampleCall(Date.now())) + known.extension });
      } catch (error) {
        response.json({ problem: asTrunkflowError(error, 'bad-setting', 'Unusable file name pattern').message });
      }
    },
  );
}

export = register;
