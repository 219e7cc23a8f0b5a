import { Player } from './player.js';

/** Samples looked at for the meter. */
const METER = 2048;

/**
 * The page's sound: one player for live calls, one <audio> element for recordings, one meter and one volume for both.
 * Browsers let it start only when a person has asked for it. Events: 'report' {call, buffered, drained} of the player,
 * where `call` is the id of its start,
 * 'interrupted' when the device took the sound away.
 */
export class Sound extends EventTarget {
  /** @param {{phone?: boolean}} [options] on a phone it plays on with the screen locked */
  constructor({ phone = false } = {}) {
    super();
    this.phone = phone;
    this.context = null;
    this.player = null;
    this.volume = 0.8;
    this.held = false;
    /** Plays recordings. */
    this.recording = new Audio();
    this.recording.preload = 'metadata';
    this.samples = new Float32Array(METER);
  }

  get started() {
    return this.context !== null;
  }

  /** True unless the device took the sound away: also while it is held. */
  get isRunning() {
    return this.context !== null && (this.held || this.context.state === 'running');
  }

  /** Root mean square of what is heard now, full scale 1. */
  get level() {
    if (!this.context || this.held) return 0;
    this.meter.getFloatTimeDomainData(this.samples);
    let power = 0;
    for (const sample of this.samples) power += sample * sample;
    return Math.sqrt(power / METER);
  }

  /** Begins; must be called while a click or key is handled. */
  async start() {
    if (this.context) {
      if (!this.held) await this.context.resume();
      return;
    }
    // Not silenced by an iPhone's ring switch.
    if (navigator.audioSession) navigator.audioSession.type = 'playback';
    const context = new AudioContext({ latencyHint: 'playback' });
    // At once: a moment later browsers no longer take it for the click's doing.
    const running = context.resume();
    const mix = context.createGain();
    this.meter = context.createAnalyser();
    this.meter.fftSize = METER;
    this.gain = context.createGain();
    mix.connect(this.meter);
    mix.connect(this.gain);
    this.mix = mix;
    this.connectOutput(context);
    context.createMediaElementSource(this.recording).connect(mix);
    try {
      this.player = context.audioWorklet ? await workletPlayer(context) : scriptPlayer(context);
    } catch (error) {
      await context.close();
      throw error;
    }
    this.player.onreport = ({ id, buffered, drained }) =>
      this.dispatchEvent(Object.assign(new Event('report'), { call: id, buffered, drained }));
    this.player.node.connect(mix);
    this.context = context;
    this.setVolume(this.volume);
    context.onstatechange = () => {
      if (context.state !== 'running' && !this.held) this.dispatchEvent(new Event('interrupted'));
    };
    await running;
  }

  /** On phones through an <audio> element, which goes on when the screen is locked. */
  connectOutput(context) {
    if (!this.phone) {
      this.gain.connect(context.destination);
      return;
    }
    const output = context.createMediaStreamDestination();
    this.gain.connect(output);
    const element = new Audio();
    element.srcObject = output.stream;
    element.play().catch(() => {
      this.gain.disconnect();
      this.gain.connect(context.destination);
    });
    this.output = element;
  }

  /** To the player: {start: rate, id}, {samples}, {finish}, {stop}. */
  send(message) {
    this.player?.send(message);
  }

  /** Everything stands still, or goes on where it was. */
  async hold(on) {
    this.held = on;
    if (on) await this.context?.suspend();
    else await this.context?.resume();
  }

  /** @param {number} value 0..1 as it is felt */
  setVolume(value) {
    this.volume = value;
    if (this.context) this.gain.gain.value = value * value * 1.5;
  }

  /** Two short tones before a call that someone waits for. */
  chime() {
    if (!this.context || this.held) return;
    const { currentTime } = this.context;
    for (const [at, frequency] of [
      [0, 880],
      [0.16, 1320],
    ]) {
      const tone = this.context.createOscillator();
      const shape = this.context.createGain();
      tone.frequency.value = frequency;
      shape.gain.setValueAtTime(0, currentTime + at);
      shape.gain.linearRampToValueAtTime(0.25, currentTime + at + 0.01);
      shape.gain.exponentialRampToValueAtTime(0.001, currentTime + at + 0.15);
      tone.connect(shape).connect(this.mix);
      tone.start(currentTime + at);
      tone.stop(currentTime + at + 0.16);
    }
  }
}

async function workletPlayer(context) {
  await context.audioWorklet.addModule('worklet.js');
  const node = new AudioWorkletNode(context, 'trunkflow-player', { numberOfInputs: 0, outputChannelCount: [1] });
  const player = {
    node,
    onreport: () => {},
    send: (message) => node.port.postMessage(message, message.samples ? [message.samples.buffer] : []),
  };
  node.port.onmessage = ({ data }) => player.onreport(data);
  return player;
}

/** Where there is no AudioWorklet (browsers have it only on https and localhost), the player runs on the page. */
function scriptPlayer(context) {
  const inner = new Player(context.sampleRate);
  const node = context.createScriptProcessor(2048, 0, 1);
  const player = {
    node,
    onreport: () => {},
    send({ start, id, samples, finish, stop }) {
      if (stop) inner.stop();
      if (start) {
        inner.start(start);
        player.call = id;
      }
      if (samples) inner.push(samples);
      if (finish) inner.finish();
    },
  };
  node.onaudioprocess = ({ outputBuffer }) => {
    const drained = inner.render(outputBuffer.getChannelData(0));
    player.onreport({ id: player.call, buffered: inner.buffered, drained });
  };
  return player;
}
