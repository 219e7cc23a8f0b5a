import type { SignalSettings } from '../options';
import type { Unit } from './dibit-stream';
import { STATUS } from './frame';
import { HANG_TERMINATORS, LEAD_IN, RELEASE_TERMINATORS, Timeline } from './timeline';
import {
  adjacentStatus,
  type Channel,
  composeTsdu,
  type FrequencyTable,
  groupAffiliation,
  groupGrant,
  groupGrantUpdate,
  identifierUpdate,
  networkStatus,
  rfssStatus,
  SERVICE_PROTECTED,
  systemServices,
  unitRegistration,
} from './tsbk';
import {
  callTermination,
  composeHdu,
  composeLdu1,
  composeLdu2,
  composeTdu,
  composeTdulc,
  FRAMES_PER_LDU,
  groupVoiceUser,
} from './voice';

/** Channel raster of the site, Hz. */
const SPACING = 12_500;
/** The channel number in the middle of the band. */
const MIDDLE = 100;
/** Channels from the middle: the control channel and the voice channels. None in the middle, where receivers are deaf. */
const CONTROL = -5;
const VOICE = [2, 6];

/** Blocks of a trunking signalling unit, and its symbols. */
const BLOCKS = 3;
const TSDU = 360;
/** A grant is repeated in so many units, then updates follow in every other one. */
const GRANT_REPEATS = 3;

/** System service class: voice, with registration. */
const VOICE_SERVICE = 0x50;
/** Of the system's services: network active, group voice, unit registration, group affiliation. */
const SERVICES = 0x280c00;

/** Alternating +3 and -3. */
const PREAMBLE = Uint8Array.from({ length: LEAD_IN }, (_, i) => (i % 2 === 0 ? 0b01 : 0b11));

/** What a small trunked P25 site sends on its control channel and its voice channels. */
export class P25Site {
  private readonly timeline: Timeline;
  private readonly table: FrequencyTable;
  private readonly voice: Channel[];
  private readonly broadcasts: Uint8Array[];

  constructor(private readonly settings: SignalSettings) {
    this.timeline = new Timeline(settings, VOICE.length);
    // The table's unit is 5 Hz.
    const middle = 5 * Math.round(settings.center / 5);
    this.table = {
      identifier: 1,
      base: middle - MIDDLE * SPACING,
      spacing: SPACING,
      bandwidth: 12_500,
      transmitOffset: -45_000_000,
    };
    this.voice = VOICE.map((step) => this.channel(step));
    this.broadcasts = this.makeBroadcasts();
  }

  /** Frequency of the control channel, Hz. */
  get controlFrequency(): number {
    return this.frequency(CONTROL);
  }

  /** Frequencies of the voice channels, Hz. */
  get voiceFrequencies(): number[] {
    return VOICE.map((step) => this.frequency(step));
  }

  /** The control channel: trunking signalling units without end. */
  *controlUnits(): Generator<Unit> {
    let broadcast = 0;
    for (let symbol = 0; ; symbol += TSDU) {
      const messages = this.callMessages(symbol);
      while (messages.length < BLOCKS) messages.push(this.broadcasts[broadcast++ % this.broadcasts.length]);
      yield composeTsdu(this.settings.nac, messages, STATUS.IDLE);
    }
  }

  /** A voice channel: silent but for its calls. `channel` null gives all calls, whatever their channel. */
  *voiceUnits(channel: number | null): Generator<Unit> {
    let symbol = 0;
    for (let n = 0; ; n++) {
      const call = this.timeline.call(n);
      if (!call) return;
      if (channel !== null && call.channel !== channel) continue;
      yield { silence: call.talkers[0].start - LEAD_IN - symbol };
      yield PREAMBLE;
      yield* this.callUnits(n);
      symbol = call.end;
    }
  }

  private *callUnits(n: number): Generator<Unit> {
    const { nac } = this.settings;
    const call = this.timeline.call(n)!;
    const encryption = this.timeline.encryption(call);
    const options = call.encrypted ? SERVICE_PROTECTED : 0;
    for (const [i, talker] of call.talkers.entries()) {
      const user = groupVoiceUser(options, call.talkgroup, talker.source);
      const speech = this.timeline.speech(call, talker);
      yield composeHdu(nac, encryption, call.talkgroup, STATUS.BUSY);
      for (let ldu = 0; ldu < this.timeline.ldus; ldu++) {
        const frames = speech.slice(ldu * FRAMES_PER_LDU, (ldu + 1) * FRAMES_PER_LDU);
        yield ldu % 2 === 0
          ? composeLdu1(nac, user, frames, STATUS.BUSY)
          : composeLdu2(nac, encryption, frames, STATUS.BUSY);
      }
      yield composeTdu(nac, STATUS.BUSY);
      const last = i === call.talkers.length - 1;
      const terminator = composeTdulc(nac, last ? callTermination() : user, STATUS.IDLE);
      for (let k = 0; k < (last ? RELEASE_TERMINATORS : HANG_TERMINATORS); k++) yield terminator;
    }
  }

  /** What the unit that starts at this symbol says about the running call. */
  private callMessages(symbol: number): Uint8Array[] {
    const call = this.timeline.running(symbol);
    if (!call) return [];
    const on = this.voice[call.channel];
    const options = call.encrypted ? SERVICE_PROTECTED : 0;
    // The first talker is announced with the grant, the others when they begin to speak.
    const talkers = call.talkers.map(({ source, start }, i) => ({ source, since: i === 0 ? call.grant : start }));
    for (const { source, since } of talkers) {
      if (symbol >= since && symbol < since + GRANT_REPEATS * TSDU) {
        return [groupGrant(options, on, call.talkgroup, source)];
      }
    }
    if ((symbol / TSDU) % 2 === 0) return [];
    return [groupGrantUpdate(on, call.talkgroup, on, call.talkgroup)];
  }

  private makeBroadcasts(): Uint8Array[] {
    const { system, wacn, rfss, site, talkgroups } = this.settings;
    const here = { lra: 1, system, rfss, site, control: this.channel(CONTROL), services: VOICE_SERVICE };
    const status = [networkStatus(here, wacn), rfssStatus(here), identifierUpdate(this.table)];
    const neighbour = { ...here, site: (site + 1) & 0xff, control: this.channel(CONTROL - 20) };
    const activity = talkgroups.flatMap((talkgroup) => {
      const unit = (talkgroup * 100 + 1) & 0xffffff;
      return [unitRegistration(system, unit), groupAffiliation(0, talkgroup, unit)];
    });
    return [
      ...status,
      adjacentStatus(neighbour),
      systemServices(SERVICES, SERVICES),
      ...status,
      adjacentStatus(neighbour),
      ...activity,
    ];
  }

  private channel(step: number): Channel {
    return { identifier: this.table.identifier, number: MIDDLE + step };
  }

  private frequency(step: number): number {
    return this.table.base + (MIDDLE + step) * SPACING;
  }
}
