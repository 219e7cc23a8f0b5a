import type { NodeDef } from 'node-red';
import { TrunkflowError } from '../../src/core/errors';
import type { ServiceSettings } from '../../src/sinks/upload/create-service';
import { BITRATES, type IcecastSettings, MOST_DELAY, STREAM_FORMATS } from '../../src/sinks/upload/icecast/settings';
import { type RuleRow, UploadRules } from '../../src/sinks/upload/rules';
import { CALL_SERVICES, type ServiceName } from '../../src/sinks/upload/service';
import type { QueueLimits } from '../../src/sinks/upload/upload-queue';
import { numberSetting, textSetting } from '../lib/settings';

/** The form's fields. */
export interface UploadConfig extends NodeDef {
  service: unknown;
  url: unknown;
  system: unknown;
  sidecar: boolean;
  verify: boolean;
  mount: unknown;
  user: unknown;
  format: unknown;
  bitrate: unknown;
  streamName: unknown;
  title: unknown;
  idleTitle: unknown;
  delay: unknown;
  rules: RuleRow[];
  otherwise: unknown;
  shortest: unknown;
  emergencyOnly: boolean;
  parallel: unknown;
  maxCalls: unknown;
  maxMegabytes: unknown;
  maxHours: unknown;
}

/** @throws TrunkflowError 'bad-setting' */
export function serviceName(value: unknown): ServiceName {
  const name = textSetting(value);
  const known = ([...CALL_SERVICES, 'icecast'] as const).find((one) => one === name);
  if (known) return known;
  throw new TrunkflowError('bad-setting', 'Unknown service', {
    expected: `one of ${CALL_SERVICES.join(', ')}, icecast`,
    got: name || 'nothing',
    status: 'no service',
  });
}

/** @throws TrunkflowError 'bad-setting' */
export function uploadRules(config: UploadConfig): UploadRules {
  const rows = (config.rules ?? []).map(({ system, talkgroups, upload, as }) => ({
    system: textSetting(system),
    talkgroups: textSetting(talkgroups),
    upload: Boolean(upload),
    as: textSetting(as),
  }));
  return new UploadRules({
    rows,
    otherwise: config.otherwise !== false && config.otherwise !== 'false',
    as: textSetting(config.system),
    shortest: numberSetting(config.shortest || 0, 'shortest call', { least: 0 }),
    emergencyOnly: Boolean(config.emergencyOnly),
  });
}

export function serviceSettings(
  config: UploadConfig,
  service: ServiceSettings['service'],
  key: string,
): ServiceSettings {
  const { url, system, sidecar, verify } = config;
  return {
    service,
    url: textSetting(url),
    key,
    system: textSetting(system),
    sidecar: Boolean(sidecar),
    verify: verify !== false,
  };
}

/** @throws TrunkflowError 'bad-setting' */
export function icecastSettings(config: UploadConfig, password: string): IcecastSettings {
  const format = STREAM_FORMATS.find((one) => one === textSetting(config.format)) ?? 'mp3';
  const bitrate = numberSetting(config.bitrate, 'bit rate');
  return {
    url: textSetting(config.url),
    mount: textSetting(config.mount),
    user: textSetting(config.user),
    password,
    format,
    bitrate: BITRATES.find((one) => one >= bitrate) ?? 32,
    name: textSetting(config.streamName),
    delay: numberSetting(config.delay || 0, 'delay', { least: 0, most: MOST_DELAY }),
    title: textSetting(config.title) || '%TAG%',
    idleTitle: textSetting(config.idleTitle),
    verify: config.verify !== false,
  };
}

/** @throws TrunkflowError 'bad-setting' */
export function queueLimits({ maxCalls, maxMegabytes, maxHours }: UploadConfig): QueueLimits {
  return {
    calls: numberSetting(maxCalls, 'number of calls', { least: 1, most: 100_000 }),
    bytes: 1e6 * numberSetting(maxMegabytes, 'space', { least: 1, most: 1_000_000 }),
    age: 3_600_000 * numberSetting(maxHours, 'longest wait', { least: 0.01, most: 8760 }),
  };
}

/** @throws TrunkflowError 'bad-setting' */
export function parallelUploads({ parallel }: UploadConfig): number {
  return numberSetting(parallel, 'uploads at once', { least: 1, most: 2 });
}
