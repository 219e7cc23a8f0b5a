// Stages for the tests of src/core; loaded inside worker threads, so plain JavaScript.
const busy = (ms) => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

class Echo {
  constructor(options) {
    this.options = options;
    this.blocks = 0;
  }
  process(message) {
    if (this.options.slow) busy(this.options.slow);
    if (message.payload.toString() === 'throw') throw new Error('a bug');
    if (message.payload.toString() === 'exit') process.exit(3);
    this.blocks++;
    const name = this.options.name ?? 'echo';
    const info = { ...message.info, stream: `${message.info.stream}/${name}`, count: this.blocks };
    return [{ ...message, info }];
  }
  control(command) {
    return [{ port: 'event', payload: { type: 'command', command } }];
  }
  flush() {
    return [{ port: 'event', payload: { type: 'flushed', blocks: this.blocks } }];
  }
  reset() {
    this.blocks = 0;
  }
  close() {}
  counters() {
    return { blocks: this.blocks };
  }
}

exports.echo = (options) => new Echo(options);
