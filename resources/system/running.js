/** Talkgroups that messages have changed while the flow runs, in the dialog of a radio system. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.Running) return;

  /** Milliseconds between two looks at the runtime. */
  const EVERY = 2000;
  const MOST_LISTED = 20;

  class Running {
    /**
     * @param node the radio system
     * @param {(name: string, values?: object) => string} text
     * @param {{ rowOf: (talkgroup: number) => object | undefined, changed: () => void }} table
     */
    constructor(node, text, table) {
      Object.assign(this, { text, table, told: '', talkgroups: new Map(), hold: null });
      this.url = `trunkflow/systems/${encodeURIComponent(node.id)}/commands`;
      this.name = String(node.shortName ?? '');
      this.panel = document.createElement('div');
      this.panel.className = 'trunkflow-running';
      this.panel.hidden = true;
    }

    /** Looks at once, and then as long as the dialog is open. */
    async watch() {
      await this.look();
      if (this.panel.isConnected) setTimeout(() => this.panel.isConnected && this.watch(), EVERY);
    }

    async look() {
      try {
        this.show(await system.ask(this.url));
      } catch {
        // A system that does not run has been told nothing.
        this.show({ hold: null, talkgroups: [] });
      }
    }

    show(answer) {
      const told = JSON.stringify(answer);
      if (told === this.told) return;
      this.told = told;
      this.hold = answer.hold;
      this.talkgroups = new Map(answer.talkgroups.map((one) => [one.talkgroup, one]));
      this.build(answer.talkgroups);
      this.table.changed();
    }

    build(talkgroups) {
      const { text, hold } = this;
      const lines = talkgroups
        .slice(0, MOST_LISTED)
        .map((one) => this.line(this.words(one), this.undoing(one)));
      if (hold && (hold.talkgroup === undefined || hold.system !== this.name)) {
        const held = hold.talkgroup === undefined ? hold.system : `${hold.system}/${hold.talkgroup}`;
        lines.unshift(this.line(text('onlyHeld', { held }), { hold: null }));
      }
      this.panel.hidden = lines.length === 0;
      const head = document.createElement('div');
      head.append(text('running'));
      if (talkgroups.length + (hold ? 1 : 0) > 1) {
        const ranked = talkgroups.filter(({ priority }) => priority !== undefined);
        const all = [{ hold: null, lift: 'all' }, ...ranked.map((one) => this.undoing({ ...one, held: false, avoided: undefined }))];
        head.append(this.button(text('liftAll'), all));
      }
      const list = document.createElement('ul');
      list.append(...lines);
      if (talkgroups.length > MOST_LISTED) {
        const more = document.createElement('li');
        more.textContent = text('more', { count: talkgroups.length - MOST_LISTED });
        list.append(more);
      }
      this.panel.replaceChildren(head, list);
    }

    line(words, command) {
      const line = document.createElement('li');
      const said = document.createElement('span');
      said.textContent = words;
      line.append(said, this.button(this.text('lift'), [command]));
      return line;
    }

    button(label, commands) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'red-ui-button red-ui-button-small';
      button.textContent = label;
      // How a flow does the same.
      if (commands.length === 1) button.title = `msg.control = ${JSON.stringify(commands[0])}`;
      button.addEventListener('click', async () => {
        button.disabled = true;
        try {
          for (const command of commands)
            await system.ask(this.url, {
              method: 'PUT',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(command),
            });
        } catch (error) {
          button.title = error.message;
          button.classList.add('trunkflow-bad');
        }
        button.disabled = false;
        await this.look();
      });
      return button;
    }

    words({ talkgroup, ...changes }) {
      const name = this.table.rowOf(talkgroup)?.alphaTag ?? '';
      return `${talkgroup} ${name}`.trim() + `: ${this.states(talkgroup, changes).join(', ')}`;
    }

    states(talkgroup, { priority, avoided, held }) {
      const { text } = this;
      const states = [];
      if (held) states.push(text('held'));
      if (avoided === null) states.push(text('avoided'));
      else if (avoided !== undefined) states.push(text('avoidedFor', { minutes: avoided }));
      if (priority < 0) states.push(text('lockedOut'));
      else if (priority !== undefined) {
        const from = this.table.rowOf(talkgroup)?.priority ?? '–';
        states.push(text('priorityNow', { from: from < 0 ? text('lockedOut') : from, to: priority }));
      }
      return states;
    }

    /** What lifts all that was asked of a talkgroup. */
    undoing({ talkgroup, priority, avoided, held }) {
      const one = { system: this.name, talkgroup };
      return {
        ...(held && { hold: null }),
        ...(avoided !== undefined && { lift: one }),
        ...(priority !== undefined && { priority: { ...one, priority: null } }),
      };
    }

    /** What stands beside a talkgroup's name in the table. */
    noteOf({ id }) {
      const changes = this.talkgroups.get(id);
      if (!changes) return undefined;
      const { text } = this;
      const { priority, avoided, held } = changes;
      const words = [];
      if (held) words.push(text('held'));
      if (avoided !== undefined) words.push(text('avoided'));
      if (priority < 0) words.push(text('lockedOut'));
      else if (priority !== undefined) words.push(`${text('priorityShort')} ${priority}`);
      return { text: words.join(', '), title: `${text('running')} ${this.states(id, changes).join(', ')}` };
    }
  }

  system.Running = Running;
})(window);
