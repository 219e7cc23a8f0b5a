import { resolve } from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { asTrunkflowError } from '../../src/core/errors';
import { type FoundDongle, listDevices, type SourceOptions } from '../../src/sources/create-source';
import { numberSetting, textSetting } from '../lib/settings';
import type { DeviceNode, Tuning } from './device-node';

interface DeviceConfig extends NodeDef {
  driver: SourceOptions['driver'];
  serial: unknown;
  host: unknown;
  port: unknown;
  ppm: unknown;
  directSampling: 'off' | 'I' | 'Q';
  biasTee: boolean;
  command: unknown;
  commandFormat: 'cu8' | 'cs8' | 'cs16' | 'cf32';
  iqFile: unknown;
  iqFormat: 'auto' | 'cu8' | 'cs8' | 'cs16' | 'cf32' | 'wav' | 'sigmf';
  audioFile: unknown;
  audioFormat: 'auto' | 's16' | 'wav';
  replay: 'realtime' | 'fast' | 'loop';
  signal: 'p25-site' | 'p25-control' | 'p25-voice' | 'nfm' | 'carrier' | 'noise';
  snr: unknown;
}

/** Samples/s of receivers where the form leaves it open: the most an RTL-SDR gives without losses. */
const RECEIVER_RATE = 2_400_000;

function sourceOptions(config: DeviceConfig, userDir: string, { stream, center, rate, gain }: Tuning): SourceOptions {
  const receiver = () => ({
    stream,
    center: numberSetting(center, 'centre frequency', { least: 1 }),
    rate: rate ?? RECEIVER_RATE,
    gain,
    ppm: numberSetting(config.ppm, 'frequency correction'),
    biasTee: config.biasTee,
    directSampling: config.directSampling,
  });
  const recording = (file: unknown) => ({
    stream,
    path: resolve(userDir, textSetting(file)),
    mode: config.replay,
    center,
    rate,
  });
  switch (config.driver) {
    case 'rtl-sdr':
      return { driver: 'rtl-sdr', serial: textSetting(config.serial) || undefined, ...receiver() };
    case 'rtl-tcp':
      return {
        driver: 'rtl-tcp',
        host: textSetting(config.host),
        port: numberSetting(config.port, 'port'),
        ...receiver(),
      };
    case 'command':
      return {
        driver: 'command',
        stream,
        command: textSetting(config.command),
        format: config.commandFormat,
        center,
        rate: rate ?? RECEIVER_RATE,
        gain,
      };
    case 'iq-file':
      return { driver: 'iq-file', format: config.iqFormat, ...recording(config.iqFile) };
    case 'audio-file':
      return { driver: 'audio-file', format: config.audioFormat, ...recording(config.audioFile) };
    case 'generator':
      return {
        driver: 'generator',
        stream,
        signal: config.signal,
        noise: numberSetting(config.snr, 'signal to noise ratio'),
        center,
        rate,
      };
  }
}

/** A dongle as the form lists it. */
function choice({ serial, manufacturer, product, problem }: FoundDongle) {
  return { serial, label: [serial, manufacturer, product].filter(Boolean).join(' '), problem };
}

function register(RED: NodeAPI): void {
  RED.nodes.registerType('radio-device', function (this: DeviceNode, config: DeviceConfig) {
    RED.nodes.createNode(this, config);
    this.sourceOptions = (tuning) => sourceOptions(config, RED.settings.userDir ?? '.', tuning);
  });

  RED.httpAdmin.get('/trunkflow/devices', RED.auth.needsPermission('radio-device.read'), (_request, response) => {
    listDevices().then(
      (devices) => response.json({ devices: devices.map(choice) }),
      (error) => {
        const { message } = asTrunkflowError(error, 'device', 'The list of dongles could not be read');
        response.json({ devices: [], problem: message });
      },
    );
  });
}

export = register;
