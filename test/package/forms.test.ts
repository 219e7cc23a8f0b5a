import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeBrowser, NODES, nodeFiles, ROOT, readJson, scriptsOf } from './package-files';

type Texts = { [key: string]: string | Texts };

/** The headings a help may have, in their order, as Node-RED's own help has them in each language. */
const HEADINGS = {
  'en-US': ['Inputs', 'Outputs', 'Details', 'References'],
  de: ['Eingangsdaten', 'Ausgangsdaten', 'Details', 'Referenzen'],
  es: ['Entradas', 'Salidas', 'Detalles', 'Referencias'],
} as const;
type Language = keyof typeof HEADINGS;

function languages(name: string): Language[] {
  return (Object.keys(HEADINGS) as Language[]).filter((language) =>
    existsSync(join(ROOT, 'nodes', name, 'locales', language)),
  );
}

/** The names a text fills in, e.g. '__count__'. */
function placeholders(text: string): string[] {
  return [...text.matchAll(/__\w+?__/g)].map(([name]) => name).sort();
}

function texts(name: string, language = 'en-US'): Record<string, string> {
  const flat: Record<string, string> = {};
  const walk = (branch: Texts, path: string) => {
    for (const [key, value] of Object.entries(branch))
      if (typeof value === 'string') flat[path + key] = value;
      else walk(value, `${path}${key}.`);
  };
  walk(readJson(join('nodes', name, 'locales', language, `${name}.json`)) as Texts, '');
  return flat;
}

/** Message ids a node uses: whole ones, and beginnings of those put together at run time. */
function usedKeys(name: string, html: string): { whole: Set<string>; begun: Set<string> } {
  const folder = join(ROOT, 'nodes', name);
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const runtime = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  // The category's texts: its label is looked up in whichever node is loaded first.
  const whole = new Set<string>(['palette.label.radio']);
  for (const [, set, key] of html.matchAll(/'@trunkflow\/node-red\/(\w+):([\w.]+)'/g)) {
    assert.ok(texts(set)[key], key);
    if (set === name) whole.add(key);
  }
  const begun = new Set<string>();
  for (const [, attribute] of html.matchAll(/data-i18n="([^"]+)"/g))
    for (const part of attribute.split(';')) whole.add(part.replace(/^\[[\w-]+\]/, ''));
  // Ids stand in quotes as they are, or as the beginning of a template.
  for (const [, key] of `${scriptsOf(html).join()}${runtime}`.matchAll(
    /['"]((?:label|port|error|status|palette|kind|serial|plan|driver)\.[\w.-]+)['"]/g,
  ))
    whole.add(key);
  for (const [, start] of html.matchAll(/`([\w.]+\.)\$\{/g)) begun.add(start);
  return { whole, begun };
}

describe('node forms', () => {
  it('registers one node per folder', () => {
    assert.deepEqual(
      NODES.map(({ type }) => type).sort(),
      nodeFiles()
        .map(({ name }) => `radio-${name}`)
        .sort(),
    );
    assert.ok(NODES.length >= 10);
  });

  for (const { name, html, type, definition } of NODES)
    describe(type, () => {
      const config = definition.category === 'config';

      it('can be read without running it, as the catalogue does', () => {
        const code = scriptsOf(html).join('\n');
        assert.match(code, new RegExp(`RED\\.nodes\\.registerType\\('${type}', \\{`));
        assert.match(code, /\n\s+defaults: \{\n/);
        assert.match(code, /\n\s+category: '\w+',\n/);
        if (config) return;
        for (const field of [/color: '#[0-9A-F]{6}',/, /icon: '[\w-]+\.svg',/, /inputs: \d,/, /outputs: \d,/])
          assert.match(code, field);
      });

      it('has a form field for each property, and a form', () => {
        assert.match(html, new RegExp(`<script type="text/html" data-template-name="${type}">`));
        const prefix = config ? 'node-config-input' : 'node-input';
        for (const property of Object.keys(definition.defaults))
          assert.match(html, new RegExp(`id="${prefix}-${property}(-list)?"`), `a field for ${property}`);
        assert.equal(definition.defaults.name.value, '');
      });

      it('has an icon of its own, white on transparent', () => {
        if (config) return;
        assert.equal(definition.icon, `${type}.svg`);
        const svg = readFileSync(join(ROOT, 'icons', definition.icon!), 'utf8');
        assert.match(svg, /<svg [^>]*width="40" height="60"/);
        assert.ok(
          [...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)].every(([, colour]) => colour === '#fff' || colour === 'none'),
        );
      });

      it('stands in the palette under radio, with a label for every port', () => {
        if (config) return;
        assert.equal(definition.category, 'radio');
        const known = texts(name);
        const node = { name: '', _: (key: string) => key };
        const labels = [
          ...Array.from({ length: definition.inputs! }, (_, i) => definition.inputLabels!.call(node, i)),
          ...Array.from({ length: definition.outputs! }, (_, i) => definition.outputLabels!.call(node, i)),
        ];
        for (const key of labels) assert.ok(known[key], `text ${key}`);
        assert.equal(known['palette.label.radio'], 'radio');
      });

      it('uses texts that exist, and every text that exists', () => {
        const known = texts(name);
        const { whole, begun } = usedKeys(name, html);
        for (const key of whole) if (!key.startsWith('node-red:')) assert.ok(known[key], `text ${key}`);
        for (const start of begun)
          assert.ok(
            Object.keys(known).some((key) => key.startsWith(start)),
            `texts ${start}*`,
          );
        for (const key of Object.keys(known))
          assert.ok(whole.has(key) || [...begun].some((start) => key.startsWith(start)), `${key} is used`);
      });

      it('has the same texts in every language', () => {
        const known = texts(name);
        for (const language of languages(name)) {
          const translated = texts(name, language);
          assert.deepEqual(Object.keys(translated), Object.keys(known), language);
          for (const [key, text] of Object.entries(translated)) {
            assert.ok(text.trim(), `${language} ${key}`);
            assert.deepEqual(placeholders(text), placeholders(known[key]), `${language} ${key}`);
          }
        }
      });

      for (const language of languages(name))
        it(`has a help that Node-RED shows as it is meant (${language})`, () => {
          const help = readFileSync(join(ROOT, 'nodes', name, 'locales', language, `${name}.html`), 'utf8');
          const [, body] = new RegExp(
            `^<script type="text/markdown" data-help-name="${type}">\\n([\\S\\s]+)</script>\\n$`,
          ).exec(help)!;
          const lines = body.split('\n');
          assert.ok(lines[0].length < 250, 'a first paragraph that fits the palette');
          // Node-RED takes a property's description to end at the next colon,
          for (const line of lines)
            if (line.startsWith(': ')) assert.match(line, /^: [*\w| ]+\([\p{L} ]+\) : [^:]+$/u);
            // and anything that looks like a property for one, wherever it stands.
            else assert.doesNotMatch(line, /:[^:\n]+\([^:\n]+\).*?:/);
          const [inputs, outputs, details, references] = HEADINGS[language];
          const headings = [...body.matchAll(/^###? (.+)$/gm)].map(([, heading]) => heading);
          assert.deepEqual(
            headings,
            [inputs, outputs, details, references].filter((heading) => headings.includes(heading)),
          );
          if (!config) assert.ok(headings.includes(inputs) && headings.includes(details));
        });

      it('shows statuses of fewer than 20 characters', () => {
        const values: Record<string, string> = {
          count: '128',
          streams: '128',
          rate: '40',
          nac: '293',
          snr: '23',
          talkgroup: '65535',
          share: '100',
          mode: 'P25 TDMA',
          value: '+2500',
        };
        for (const language of languages(name))
          for (const [key, text] of Object.entries(texts(name, language))) {
            if (!key.startsWith('status.')) continue;
            const shown = text.replace(/__(\w+?)__/g, (_, field) => values[field]);
            assert.ok(shown.length < 20, `${language}: '${shown}'`);
          }
      });

      it('accepts its own defaults where they are complete', () => {
        const node = { ...Object.fromEntries(entries()), _def: { _: (key: string) => key } };
        for (const [property, { value, validate }] of Object.entries(definition.defaults)) {
          if (!validate || value === '') continue;
          assert.equal(validate.call(node, value, {}), true, property);
        }

        function entries() {
          return Object.entries(definition.defaults).map(([property, { value }]) => [property, value]);
        }
      });
    });

  it('has a page for every node in docs/nodes', () => {
    const pages = readdirSync(join(ROOT, 'docs', 'nodes'));
    for (const { name } of NODES) assert.ok(pages.includes(`${name}.md`), name);
    for (const { name } of NODES)
      for (const language of languages(name)) {
        const help = readFileSync(join(ROOT, 'nodes', name, 'locales', language, `${name}.html`), 'utf8');
        for (const [, page] of help.matchAll(/blob\/main\/(docs\/[\w/-]+\.md)/g))
          assert.ok(existsSync(join(ROOT, page)), page);
      }
  });
});

describe('quantities in forms', () => {
  const { forms } = fakeBrowser();

  it('reads frequencies as people write them', () => {
    for (const [text, hz] of [
      ['851.0125', 851012500],
      ['851,0125', 851012500],
      ['851.0125 MHz', 851012500],
      ['851012500', 851012500],
      ['851012.5 kHz', 851012500],
      ['0.8510125GHz', 851012500],
      ['162.4M', 162400000],
      ['7.1', 7100000],
      [' 440 ', 440e6],
    ] as const)
      assert.equal(forms.parse(text, 'MHz'), hz, text);
  });

  it('reads widths and rates in their own units', () => {
    assert.equal(forms.parse('12.5', 'kHz'), 12500);
    assert.equal(forms.parse('12500', 'kHz'), 12500);
    assert.equal(forms.parse('6.25k', 'kHz'), 6250);
    assert.equal(forms.parse('2.4', 'MS/s'), 2400000);
    assert.equal(forms.parse('2.4 MS/s', 'MS/s'), 2400000);
    assert.equal(forms.parse('2400000', 'MS/s'), 2400000);
    assert.equal(forms.parse('24', 'kS/s'), 24000);
    assert.equal(forms.parse('-45', 'MHz'), -45e6);
  });

  it('shows what it keeps, and keeps what it shows', () => {
    for (const [hz, unit, text] of [
      [851012500, 'MHz', '851.0125'],
      [462562500, 'MHz', '462.5625'],
      [12500, 'kHz', '12.5'],
      [2400000, 'MS/s', '2.4'],
      [24000, 'kS/s', '24'],
    ] as const) {
      assert.equal(forms.format(hz, unit), text);
      assert.equal(forms.parse(text, unit), hz);
    }
    assert.equal(forms.format('', 'MHz'), '');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's way to write an environment variable
    assert.equal(forms.format('${CENTRE}', 'MHz'), '${CENTRE}');
  });

  it('refuses what is no quantity', () => {
    for (const text of ['', 'abc', '1.2.3', '12 parsecs', '851 012', 'MHz', '1e9'])
      assert.ok(Number.isNaN(forms.parse(text, 'MHz')), text);
  });
});

describe('validators', () => {
  const device = { driver: 'rtl-sdr' };
  const browser = fakeBrowser({ device });
  const definition = (name: string) => browser.load(nodeFiles().find((file) => file.name === name)!.html)[0].definition;
  const node = (fields: object) => ({ ...fields, _def: { _: (key: string) => `reason: ${key}` } });

  it('wants a centre frequency for a dongle, but not for a file', () => {
    const { validate } = definition('source').defaults.frequency;
    device.driver = 'rtl-sdr';
    assert.equal(validate!.call(node({ device: 'device' }), '', {}), 'reason: error.frequency');
    assert.equal(validate!.call(node({ device: 'device' }), 851012500, {}), true);
    device.driver = 'iq-file';
    assert.equal(validate!.call(node({ device: 'device' }), '', {}), true);
    assert.equal(validate!.call(node({ device: 'device' }), 'here', {}), 'reason: error.frequency');
  });

  it('checks only the settings of the chosen driver', () => {
    const { command, host, port } = definition('device').defaults;
    assert.equal(command.validate!.call(node({ driver: 'rtl-sdr' }), '', {}), true);
    assert.equal(command.validate!.call(node({ driver: 'command' }), ' ', {}), 'reason: error.command');
    assert.equal(host.validate!.call(node({ driver: 'rtl-tcp' }), '', {}), 'reason: error.host');
    assert.equal(port.validate!.call(node({ driver: 'rtl-tcp' }), '70000', {}), 'reason: error.port');
    assert.equal(port.validate!.call(node({ driver: 'rtl-tcp' }), '1234', {}), true);
  });

  it('names a channel without a frequency, and a raster that runs backwards', () => {
    const { validate } = definition('channelizer').defaults.channels;
    const check = (channels: object[]) => validate!.call(node({}), channels, {});
    assert.equal(check([{ frequency: 851012500 }, { frequency: 852e6, end: 853e6, step: 12500 }]), true);
    assert.equal(check([{ frequency: 'x' }]), 'reason: error.channels');
    assert.equal(check([{ frequency: 852e6, end: 851e6, step: 12500 }]), 'reason: error.channels');
    assert.equal(check([{ frequency: 852e6, end: 853e6, step: '' }]), 'reason: error.channels');
  });
});
