// Mocha's dots and failures, then the names of what was skipped and one plain line that counts.
const { reporters, Runner } = require('mocha');

module.exports = class CountingReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      for (const title of skipped) console.log(`  skipped: ${title}`);
      const counts = [`${passes} passed`, `${failures} failed`];
      if (pending > 0) counts.push(`${pending} skipped`);
      console.log(counts.join(', '));
    });
  }
};
