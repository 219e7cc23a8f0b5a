import type { CallInfo, CallSource, ChannelSignal } from '../core/messages';
import type { CallIdentity, Cipher, Party } from './call-identity';
import { CallVoice, FRAME_MS } from './call-voice';
import type { RunningCalls } from './running-calls';
import type { Site } from './site';
import type { System } from './system';
import type { VoiceChannel, VoiceFrame } from './voice-channel';

/** As trunk-recorder writes a level that is not known. */
const UNKNOWN_LEVEL = 999;
/** Transmissions listed in one call; a call with more goes on without naming them. */
const MAX_SOURCES = 1000;

export interface CallBegin {
  identity: CallIdentity;
  system: System;
  /** The source it begins at. */
  root: string;
  /** Number of the call, counted by the follower. */
  number: number;
  /** Stream time, ms. */
  time: number;
  frequency: number;
  /** Time slot on its carrier. */
  slot?: number;
  party: Party;
  /** As granted. */
  priority?: number;
  duplex?: boolean;
  packet?: boolean;
  encrypted?: boolean;
  conventional?: boolean;
  site?: { nac?: string; wacn?: string; system?: string };
}

/** Where a call was heard until it went elsewhere. */
export interface Place {
  home: RunningCalls;
  site: Site;
  /** Stream in which the channel was open. */
  parent: string;
  frequency: number;
  signal?: ChannelSignal;
  /** When it left, ms of that source's stream time. */
  left: number;
}

/** One call while it lasts. */
export class Call {
  readonly info: CallInfo;
  /** Under which its grants find it; another one when its talkgroup is patched, or is no longer. */
  key: string;
  readonly topic: string;
  readonly system: System;
  /** The talkgroup it began with; undefined for a unit call and on a conventional channel, which no patch concerns. */
  readonly talkgroup?: number;
  /** The units of a unit call, as far as they are named. */
  units?: readonly number[];
  /** 0 in an emergency, else the talkgroup's priority; smaller is more important. */
  rank: number;
  channel?: VoiceChannel;
  /** Whose call it is now: of the source that its voice comes through. */
  home?: RunningCalls;
  /** Streams of the control channels at whose sites it was tried. */
  readonly tried = new Set<string>();
  /** Those at whose sites nothing was heard of it. */
  readonly mute = new Set<string>();
  /** Its voice frames when it came to the site where it is. */
  arrivedWith = 0;
  /** Where it was before; it goes back there when its channel is refused. */
  cameFrom?: Place;
  /** A frequency it was re-granted on, taken when the present channel has fallen silent. */
  move?: { frequency: number; time: number; signal?: ChannelSignal };
  /** A start (or not_followed) message has gone out. */
  announced = false;
  /** That it is not followed had been told before it began: it is tried again with each of its grants. */
  knownAsSkipped = false;
  /** End of the last decoded voice (at first the start), ms: silence is measured from here. */
  lastVoice: number;
  /** A terminator came after the last voice. */
  turnOver = false;
  /** Encrypted voice came before anyone was named; this is since when, ms. */
  encryptedSince?: number;
  /** How that voice was encrypted. */
  encryptedAs?: Cipher;
  /** Voice frames passed on. */
  frames = 0;
  /** Its way out. */
  readonly voice: CallVoice;
  private offsets = 0;
  /** Voice of the running transmission has come. */
  private turnOpen = false;
  /** Unit that the voice channel names in this transmission, and the one its grant named; -1 when unknown. */
  private talker = -1;
  private granted: number;

  constructor(begin: CallBegin) {
    const { identity, system, party, time } = begin;
    const entry = system.entry(identity);
    const seconds = Math.floor(time / 1000);
    this.key = identity.key;
    this.topic = identity.topic;
    this.system = system;
    const { unitCall, channel, slot } = identity;
    this.units = identity.units;
    this.talkgroup = unitCall || channel || slot !== undefined ? undefined : identity.number;
    this.voice = new CallVoice(`${begin.root}/call-${begin.number}`, this);
    this.rank = party.emergency ? 0 : (entry?.priority ?? system.unknownPriority);
    this.lastVoice = time;
    this.granted = party.source || -1;
    this.info = {
      id: `${system.shortName}_${identity.number}_${seconds}_${begin.number}`,
      call_num: begin.number,
      sys_name: system.shortName,
      talkgroup: identity.number,
      talkgroup_alpha_tag: entry?.alphaTag ?? '',
      talkgroup_description: entry?.description ?? '',
      talkgroup_group: entry?.category ?? '',
      talkgroup_tag: entry?.tag ?? '',
      unit: this.granted,
      unit_alpha_tag: system.unitName(this.granted),
      freq: begin.frequency,
      start_time: seconds,
      stop_time: seconds,
      start_time_ms: Math.floor(time),
      stop_time_ms: Math.floor(time),
      length: 0,
      state: 'active',
      emergency: party.emergency ?? false,
      encrypted: begin.encrypted ?? false,
      priority: begin.priority ?? 0,
      duplex: begin.duplex ?? false,
      mode: begin.packet ?? false,
      conventional: begin.conventional ?? false,
      ...slotFields(begin.slot),
      ...begin.site,
      sources: [],
      ...(identity.patched && { patched_talkgroups: [...identity.patched] }),
      ...system.flags(entry),
      error_count: 0,
      spike_count: 0,
      freq_error: 0,
      signal: UNKNOWN_LEVEL,
      noise: UNKNOWN_LEVEL,
    };
  }

  /** The call is on another channel now. */
  moved(frequency: number, slot: number | undefined): void {
    Object.assign(this.info, { freq: frequency, ...slotFields(slot) });
  }

  /** A copy that later changes do not touch. */
  snapshot(): CallInfo {
    const { info } = this;
    const patched = info.patched_talkgroups && { patched_talkgroups: [...info.patched_talkgroups] };
    return { ...info, sources: info.sources.map((source) => ({ ...source })), ...patched };
  }

  /** A grant or the voice channel named a unit or an emergency. True when a listener should know. */
  heard(party: Party, onVoiceChannel: boolean, time: number): boolean {
    const { info } = this;
    let news = false;
    if (party.emergency && !info.emergency) {
      info.emergency = news = true;
      this.rank = 0;
    }
    const unit = party.source || -1;
    if (unit < 0) return news;
    if (onVoiceChannel) {
      this.talker = unit;
      if (this.turnOpen) this.nameTurn(unit, time);
    } else {
      // The first grant of a transmission names its unit; while somebody is heard, it may be the next talker's.
      if (this.granted > 0 || this.turnOpen) return news;
      this.granted = unit;
    }
    if (unit === info.unit) return news;
    info.unit = unit;
    info.unit_alpha_tag = this.system.unitName(unit);
    return true;
  }

  /** These talkgroups share the call now; undefined: it is no longer one of a patch. True when they are others than before. */
  patch(talkgroups: readonly number[] | undefined): boolean {
    const { info } = this;
    if (info.patched_talkgroups?.join() === talkgroups?.join()) return false;
    if (talkgroups) info.patched_talkgroups = [...talkgroups];
    else delete info.patched_talkgroups;
    return true;
  }

  /** It is heard through another site from now on. */
  relocate(frequency: number, slot: number | undefined, { nac, wacn, systemId }: Site): void {
    this.moved(frequency, slot);
    Object.assign(this.info, { nac, wacn, system: systemId });
    this.move = undefined;
    this.encryptedSince = undefined;
    this.arrivedWith = this.frames;
    this.endTurn();
  }

  /** The unit speaking told its name. */
  named(unit: number, name: string): void {
    const { info } = this;
    if (info.unit === unit) info.unit_alpha_tag = this.system.unitName(unit);
    const source = info.sources.at(-1);
    if (source?.src === unit) Object.assign(source, { tag: this.system.unitName(unit), tag_ota: name });
  }

  /** How its voice is encrypted. */
  encryptedWith({ algorithm, algorithm_name, key_id }: Cipher): void {
    Object.assign(this.info, { algorithm, algorithm_name, key_id });
  }

  /** The transmission ended: the next voice is another one. */
  endTurn(): void {
    this.turnOpen = false;
    this.talker = -1;
    this.granted = -1;
  }

  /** Its talkgroup, or all that are patched with it, are not to be followed now. */
  get isLockedOut(): boolean {
    const { talkgroup: number, patched_talkgroups: patched } = this.info;
    if (this.talkgroup === undefined) return false;
    const entry = this.system.entry({ key: this.key, topic: this.topic, number, unitCall: false, patched });
    return entry !== undefined && entry.priority < 0;
  }

  /** Nothing was heard of it at the site where it is. */
  get isMute(): boolean {
    return this.frames === this.arrivedWith;
  }

  /** Takes a voice frame that belongs to the call. */
  add(frame: VoiceFrame): void {
    const { info } = this;
    if (!this.turnOpen) {
      this.turnOpen = true;
      this.pushSource(this.talker > 0 ? this.talker : this.granted, frame.time);
    }
    this.voice.add(frame);
    this.frames++;
    info.length = (this.frames * FRAME_MS) / 1000;
    info.stop_time_ms = Math.max(info.stop_time_ms, Math.round(frame.time + FRAME_MS));
    info.stop_time = Math.floor(info.stop_time_ms / 1000);
    if (frame.info.level !== undefined) info.signal = tenths(frame.info.level);
    if (frame.info.noise !== undefined) info.noise = tenths(frame.info.noise);
    this.offsets += frame.info.offset ?? 0;
    info.freq_error = Math.round(this.offsets / this.frames) || 0; // no -0
  }

  /** The unit of the running transmission became known, or is another than was thought. */
  private nameTurn(unit: number, time: number): void {
    const last = this.info.sources.at(-1);
    if (!last || last.src === unit) return;
    if (last.src < 0) Object.assign(last, { src: unit, ...this.tags(unit) });
    else this.pushSource(unit, time);
  }

  private pushSource(src: number, time: number): void {
    const { sources } = this.info;
    const pos = (this.frames * FRAME_MS) / 1000;
    // Named before any of its voice: it takes the place of one that said nothing.
    if (sources.at(-1)?.pos === pos) sources.pop();
    if (sources.length >= MAX_SOURCES) return;
    const source: CallSource = {
      src,
      time: Math.floor(time / 1000),
      pos,
      emergency: this.info.emergency ? 1 : 0,
      signal_system: '',
      ...this.tags(src),
    };
    sources.push(source);
  }

  private tags(unit: number): Pick<CallSource, 'tag' | 'tag_ota'> {
    const heard = this.system.heardName(unit);
    return { tag: this.system.unitName(unit), ...(heard ? { tag_ota: heard } : {}) };
  }
}

function slotFields(slot: number | undefined): Pick<CallInfo, 'phase2_tdma' | 'tdma_slot' | 'audio_type'> {
  const isTdma = slot !== undefined;
  return { phase2_tdma: isTdma, tdma_slot: slot ?? 0, audio_type: isTdma ? 'digital tdma' : 'digital' };
}

function tenths(decibels: number): number {
  return Math.round(decibels * 10) / 10;
}
