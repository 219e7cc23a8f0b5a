import type { SystemHealth } from './health';

/** What the flow receives with, as far as trunk-recorder's configuration message has a place for it. */
export interface ReceiverDescription {
  sources: {
    /** Samples per second, and Hz; 0 where the flow does not say. */
    rate: number;
    center: number;
    /** Correction, ppm. */
    ppm: number;
    driver: string;
    /** Serial number, address or file. */
    device: string;
    /** dB; 0 = automatic. */
    gain: number;
  }[];
  systems: {
    name: string;
    talkgroupsFile: string;
    recordUnknown: boolean;
    /** Control channels, Hz. */
    channels: number[];
  }[];
  /** Voice channels open at once. */
  voiceChannels: number;
  /** Folder of the recordings; '' = nothing is recorded. */
  captureDir: string;
  /** Seconds of silence after which a call ends. */
  callTimeout: number;
}

/** The part of a band around its centre that can be used. */
const USABLE = 0.95;

/** trunk-recorder's `config`. */
export function trConfig(
  receiver: ReceiverDescription,
  instance: string,
  place: { number(system: string): number; health(system: string): SystemHealth | undefined },
): Record<string, unknown> {
  return {
    sources: receiver.sources.map((source, index) => ({
      source_num: index,
      rate: source.rate,
      center: source.center,
      min_hz: source.center - Math.round((source.rate * USABLE) / 2),
      max_hz: source.center + Math.round((source.rate * USABLE) / 2),
      error: Math.round((source.center * source.ppm) / 1e6),
      driver: source.driver,
      device: source.device,
      antenna: '',
      gain: source.gain,
      analog_recorders: 0,
      digital_recorders: index === 0 ? receiver.voiceChannels : 0,
      debug_recorders: 0,
      sigmf_recorders: 0,
      silence_frames: 0,
    })),
    systems: receiver.systems.map(({ name, talkgroupsFile, recordUnknown, channels }) => {
      const health = place.health(name);
      return {
        sys_num: place.number(name),
        sys_name: name,
        system_type: health?.protocol || 'p25',
        talkgroups_file: talkgroupsFile,
        qpsk: false,
        squelch_db: 0,
        analog_levels: 8,
        digital_levels: 1,
        audio_archive: receiver.captureDir !== '',
        upload_script: '',
        record_unkown: recordUnknown,
        call_log: receiver.captureDir !== '',
        control_channel: health?.controlChannel || channels[0] || 0,
        channels,
      };
    }),
    capture_dir: receiver.captureDir,
    upload_server: '',
    call_timeout: receiver.callTimeout,
    log_file: false,
    instance_id: instance,
    instance_key: '',
  };
}

/** One of trunk-recorder's `systems`. */
export function trSystem(name: string, number: number, health: SystemHealth | undefined): Record<string, unknown> {
  return {
    sys_num: number,
    sys_name: name,
    type: health?.protocol || 'p25',
    sysid: plainHex(health?.systemId),
    wacn: plainHex(health?.wacn),
    nac: plainHex(health?.nac),
    rfss: health?.rfss ?? 0,
    site_id: health?.site ?? 0,
  };
}

/** Upper case without leading zeros, as trunk-recorder writes it; '0' while unknown. */
function plainHex(text: string | undefined): string {
  return (text ?? '').toUpperCase().replace(/^0+(?=.)/, '') || '0';
}
