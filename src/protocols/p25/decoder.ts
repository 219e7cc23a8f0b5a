import type { SoftNid } from '../../coding/bch63';
import type { Counters } from '../../core/stage';
import { readContents } from '../p25-shared/data/contents';
import { Fragments } from '../p25-shared/fragments';
import { lcManufacturer, parseLinkControl, parseTsbk } from '../p25-shared/messages';
import type { MessageEvent } from '../p25-shared/messages/definition';
import { parseMultiBlock } from '../p25-shared/messages/multi-block';
import { hex, Octets } from '../p25-shared/octets';
import { SystemEvents } from '../p25-shared/system-events';
import type { DecoderOptions, DecoderSink, FrameContext, ProtocolDecoder } from '../protocol';
import { COUNTERS } from './counters';
import { DATA_UNITS, DUID, HEADER_DIBITS } from './data-units';
import { HDU_DIBITS, parseHeader } from './hdu';
import { decodeLowSpeedData, IMBE_BITS, LDU_DIBITS, LDU_WORDS_DIBITS, parseEncryptionSync, voiceBits } from './ldu';
import { NidReader } from './nid-reader';
import { accessPointOf, dataOffset, decodePdu, isOutbound, type Pdu, unitOf } from './pdu';
import type { RepeatedHexwords } from './repeated-words';
import { SoftFrame } from './soft-frame';
import { TDULC_DIBITS } from './tdulc';
import { Transmission } from './transmission';
import { TransmissionWords } from './transmission-words';
import { decodeTsdu } from './tsdu';

/** Nothing good for this long, and the channel is not locked. */
const LOCK_MS = 2000;

/** Decodes one stream of P25 phase 1 frames. */
export class P25Decoder implements ProtocolDecoder {
  private readonly soft = new SoftFrame();
  private readonly nids = new NidReader();
  private readonly events: SystemEvents;
  private readonly transmission = new Transmission();
  private readonly fragments = new Fragments();
  private readonly words = new TransmissionWords();
  private readonly count = { ...COUNTERS };
  private readonly inbound: boolean;
  private readonly otherNacs = new Set<number>();
  private nac = '';
  private time = 0;
  /** Stream times of the last frame, the last good NID, the last verified message, the last frame of another NAC. */
  private last = { frame: -Infinity, nid: -Infinity, message: -Infinity, other: -Infinity };
  private lastOther = '';

  constructor(
    private readonly sink: DecoderSink,
    { bandPlan, inbound = false }: DecoderOptions,
  ) {
    this.inbound = inbound;
    this.events = new SystemEvents(sink, bandPlan);
  }

  useBandPlan(plan: DecoderOptions['bandPlan']): void {
    this.events.bands.set(plan);
  }

  frame(frame: FrameContext, metrics: Float32Array): void {
    this.time = frame.time;
    this.count.frames++;
    this.last.frame = frame.time;
    this.soft.load(metrics, frame.symbols);
    if (this.soft.dibits < HEADER_DIBITS) {
      this.count.cut_short++;
      return;
    }
    const before = this.nids.known;
    const { verdict, nid } = this.nids.read(this.soft, frame.time);
    if (verdict === 'bad' || !nid) this.count.nid_bad++;
    else if (verdict === 'other') this.foreign(nid);
    else {
      if (before !== nid.nac) this.adopt(nid.nac);
      this.unit(nid);
    }
  }

  tick(time: number): void {
    this.time = Math.max(this.time, time);
  }

  reset(): void {
    this.nids.reset();
    this.events.reset();
    this.transmission.reset();
    this.fragments.reset();
    this.words.reset();
    this.otherNacs.clear();
    this.nac = '';
    this.time = 0;
    this.last = { frame: -Infinity, nid: -Infinity, message: -Infinity, other: -Infinity };
  }

  counters(): Counters {
    return { ...this.count };
  }

  status(): { locked: boolean; text: string; code?: string } {
    const recent = (time: number): boolean => this.time - time < LOCK_MS;
    if (recent(this.last.message)) return { locked: true, text: `NAC ${this.nac}` };
    if (recent(this.last.nid)) return { locked: false, text: 'sync, no data', code: 'no_data' };
    if (recent(this.last.other)) return { locked: false, text: `other NAC ${this.lastOther}`, code: 'other_system' };
    if (recent(this.last.frame)) return { locked: false, text: 'sync, no NID', code: 'no_header' };
    return { locked: false, text: '' };
  }

  /** A frame of another NAC: counted, told once, and not decoded. */
  private foreign(nid: SoftNid): void {
    this.count.wrong_nac++;
    this.last.other = this.time;
    this.lastOther = hex(nid.nac, 3);
    if (this.otherNacs.has(nid.nac)) return;
    this.otherNacs.add(nid.nac);
    this.emit([{ type: 'other_nac', other_nac: this.lastOther }]);
  }

  private adopt(nac: number): void {
    this.events.reset();
    this.transmission.reset();
    this.fragments.reset();
    this.words.reset();
    this.otherNacs.clear();
    this.nac = hex(nac, 3);
    this.emit([{ type: 'system' }]);
  }

  private unit(nid: SoftNid): void {
    this.count.nid_ok++;
    this.count.nid_corrected += nid.corrected;
    this.count.corrected += nid.corrected;
    this.count[DATA_UNITS[nid.duid] as 'hdu']++;
    this.last.nid = this.time;
    switch (nid.duid) {
      case DUID.HDU:
        this.hdu();
        break;
      case DUID.LDU1:
      case DUID.LDU2:
        this.ldu(nid.duid);
        break;
      case DUID.TDU:
        this.words.ended();
        this.good();
        this.emit(this.transmission.terminator(this.time, []));
        this.fragments.ended();
        break;
      case DUID.TDULC:
        this.tdulc();
        break;
      case DUID.TSDU:
        this.tsdu();
        break;
      case DUID.PDU:
        this.pdu();
        break;
    }
  }

  private hdu(): void {
    if (!this.covers(HDU_DIBITS)) return;
    this.words.reset();
    const octets = this.hexwords(this.words.header.read(this.soft.llr), 'golay_corrected');
    this.fragments.began();
    if (octets) this.emit(this.transmission.header(parseHeader(octets)));
  }

  private ldu(duid: number): void {
    this.transmission.voice();
    this.words.terminator.reset();
    if (this.covers(LDU_WORDS_DIBITS)) {
      if (duid === DUID.LDU1) {
        const octets = this.hexwords(this.words.linkControl.read(this.soft.llr), 'hamming_corrected');
        if (octets) this.emit(this.linkControl(octets));
      } else {
        const octets = this.hexwords(this.words.encryptionSync.read(this.soft.llr), 'hamming_corrected');
        if (octets) this.emit(this.transmission.encryption(parseEncryptionSync(octets)));
      }
    }
    if (this.soft.dibits >= LDU_DIBITS) {
      const data = decodeLowSpeedData(this.soft);
      this.count.cyclic_corrected += data.corrected;
      // The short code alone does not tell noise from data: only a clean word is told.
      if (data.corrected === 0) this.emit(this.transmission.lowSpeedData(data.value));
    }
    const bits = voiceBits(this.soft);
    const frames = bits.length / IMBE_BITS;
    this.count.voice_frames += frames;
    if (frames > 0) this.sink.voice(this.time, frames, bits);
  }

  private tdulc(): void {
    this.words.ended();
    const octets = this.covers(TDULC_DIBITS)
      ? this.hexwords(this.words.terminator.read(this.soft.llr), 'golay_corrected')
      : null;
    this.emit(this.transmission.terminator(this.time, octets ? this.linkControl(octets) : []));
  }

  private tsdu(): void {
    for (const block of decodeTsdu(this.soft, this.inbound)) {
      if (!block) {
        this.count.tsbk_bad++;
        this.count.crc_bad++;
        continue;
      }
      this.count.tsbk++;
      this.checked(block.rank, block.corrected);
      this.emit(this.named(parseTsbk(block.octets, this.events.bands, this.inbound)));
    }
  }

  private pdu(): void {
    const pdu = decodePdu(this.soft);
    if (!pdu) {
      this.count.crc_bad++;
      return;
    }
    this.checked(pdu.rank, pdu.corrected);
    if (pdu.failed) this.count.crc_bad++;
    else if (pdu.payload || pdu.multiBlock) this.count.crc_ok++;
    this.emit(this.packet(pdu));
    if (!pdu.multiBlock) return;
    this.count.mbt++;
    this.emit(this.named(parseMultiBlock(pdu.multiBlock, this.events.bands)));
  }

  /** A packet's own event, and those of what it carries. */
  private packet({ header, fields, payload, multiBlock, failed, partial }: Pdu): MessageEvent[] {
    const packet = { type: 'packet', ...fields };
    if (failed || partial) return [{ ...packet, complete: false }];
    if (!payload) return [multiBlock ? { ...packet, complete: true } : packet];
    const contents = readContents({
      accessPoint: accessPointOf(header),
      outbound: isOutbound(header),
      unit: unitOf(header),
      offset: dataOffset(header),
      payload,
    });
    return [{ ...packet, complete: true, ...contents.fields, hex: new Octets(payload).hex() }, ...contents.events];
  }

  /** Whether the frame reaches as far as its contents need. */
  private covers(dibits: number): boolean {
    if (this.soft.dibits >= dibits) return true;
    this.count.cut_short++;
    return false;
  }

  private hexwords(words: RepeatedHexwords, inner: 'golay_corrected' | 'hamming_corrected'): Uint8Array | null {
    if (!words.octets) {
      this.count.rs_bad++;
      return null;
    }
    this.count.rs_ok++;
    if (words.repeated) this.count.rs_repeated++;
    this.count[inner] += words.innerCorrected;
    this.count.rs_corrected += words.outerCorrected;
    this.count.corrected += words.innerCorrected + words.outerCorrected;
    this.good();
    return words.octets;
  }

  /** A block whose CRC fitted. */
  private checked(rank: number, corrected: number): void {
    this.count.crc_ok++;
    this.count.trellis_corrected += corrected;
    this.count.corrected += corrected;
    if (rank > 0) this.count.tsbk_list++;
    this.good();
  }

  private good(): void {
    this.count.messages++;
    this.last.message = this.time;
  }

  private linkControl(octets: Uint8Array): MessageEvent[] {
    const events = this.named(parseLinkControl(octets, this.events.bands));
    const talker = events.find(({ type }) => type === 'talker');
    this.fragments.talker(talker?.source as number | undefined);
    const places = events.map((event) => (event.type === 'location' ? this.fragments.owned(event) : event));
    return [...places, ...this.fragments.add(lcManufacturer(octets), octets, this.time)];
  }

  private named(events: MessageEvent[]): MessageEvent[] {
    for (const event of events) if (event.type === 'unknown') this.count.unknown++;
    return events;
  }

  private emit(events: MessageEvent[]): void {
    for (const event of events) this.events.tell(event, { time: this.time, nac: this.nac });
  }
}
