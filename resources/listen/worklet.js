import { Player } from './player.js';

/** Blocks of 128 samples between reports: about 50 ms. */
const REPORT = 20;

/** The player in the audio thread. Takes {start, id}, {samples}, {finish}, {stop}; gives {id, buffered, drained}. */
class PlayerProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.player = new Player(sampleRate);
    this.blocks = 0;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take({ start, id, samples, finish, stop }) {
    if (stop) this.player.stop();
    if (start) {
      this.player.start(start);
      this.id = id;
    }
    if (samples) this.player.push(samples);
    if (finish) this.player.finish();
  }

  process(_inputs, [[output]]) {
    const drained = this.player.render(output);
    if (drained || ++this.blocks >= REPORT) {
      this.port.postMessage({ id: this.id, buffered: this.player.buffered, drained });
      this.blocks = 0;
    }
    return true;
  }
}

registerProcessor('trunkflow-player', PlayerProcessor);
