/** Offers the channels of the radio systems in the dialog of a channelizer. */
(function (global) {
  'use strict';
  const system = (global.trunkflowSystem ??= {});
  if (system.offerChannels) return;

  /** A channel's name as a part of its stream's name. */
  function nameOf({ alphaTag, frequency }, taken) {
    const name = String(alphaTag)
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 32);
    return name === '' || taken.has(name) ? `${name}${name && '-'}${frequency}` : name;
  }

  /**
   * @param row where the choice is put
   * @param {{ text: (name: string, values?: object) => string, present: () => object[], add: (channel: object) => void }} list
   */
  function offerChannels(row, { text, present, add }) {
    const systems = [];
    global.RED.nodes.eachConfig((node) => {
      if (node.type === 'radio-system') systems.push(node);
      return true;
    });
    row.toggle(systems.length > 0);
    const choice = $('<select>').attr({ 'aria-label': text('choose'), style: 'width: auto; max-width: 180px' });
    for (const { id, name, shortName } of systems) choice.append($('<option>').val(id).text(name || shortName));
    const said = $('<span role="status">').css('margin-left', '8px');
    const button = $('<button type="button" class="red-ui-button">')
      .append('<i class="fa fa-plus"></i> ', document.createTextNode(text('add')))
      .on('click', async () => {
        try {
          const { rows } = await system.ask(`trunkflow/systems/${encodeURIComponent(choice.val())}/channels`);
          const here = present();
          const frequencies = new Set(here.map(({ frequency }) => frequency));
          const taken = new Set(here.map(({ id }) => id));
          let count = 0;
          for (const channel of rows) {
            if (channel.enable === false || channel.use === 'voice' || frequencies.has(channel.frequency)) continue;
            const id = nameOf(channel, taken);
            frequencies.add(channel.frequency);
            taken.add(id);
            add({ id, frequency: channel.frequency });
            count++;
          }
          said.text(text('added', { count }));
        } catch (error) {
          said.text(error.message);
        }
      });
    row.append(button, ' ', choice, said);
  }

  system.offerChannels = offerChannels;
})(window);
