import assert from 'node:assert/strict';
import { findDelimiter } from '../../src/trunking/csv';
import { atOnce } from '../../src/trunking/slices';
import { kindOf, type TableRows } from '../../src/trunking/tables/kinds';
import { readTable } from '../../src/trunking/tables/read-table';
import type { TableName } from '../../src/trunking/tables/table';
import { decodeText, MAX_TABLE_BYTES } from '../../src/trunking/text-file';

function read<Name extends TableName>(name: Name, text: string) {
  const kind = kindOf(name);
  const { layout, lines, rows, rejected, notes } = atOnce(readTable(kind, text));
  return {
    layout,
    lines,
    rows: rows.map(({ row }) => kind.complete(row)) as TableRows[Name][],
    rejected: rejected.list,
    notes: notes.list,
  };
}

const ids = (text: string) => read('talkgroups', text).rows.map(({ id }) => id);

/** The same three talkgroups in the layouts of many programs: number, alpha tag, and what else the layout knows. */
const TALKGROUPS: [string, string, string][] = [
  [
    "trunk-recorder's talkgroups file",
    'header',
    `Decimal,Hex,Mode,Alpha Tag,Description,Tag,Category,Priority,Preferred NAC,Comment
9101,238d,D,FD DISP,"Fire, dispatch",Fire Dispatch,Fire,1,3c1,
9102,238e,DE,PD TAC 1,Police tactical,Law Tac,Police,3,,
9103,238f,T,PW OPS,Public works,Public Works,Works,-1,,snow`,
  ],
  [
    "trunk-recorder's, without its header",
    'older files',
    `9101,238d,D,FD DISP,"Fire, dispatch",Fire Dispatch,Fire,1
9102,238e,DE,PD TAC 1,Police tactical,Law Tac,Police,3
9103,238f,T,PW OPS,Public works,Public Works,Works,-1`,
  ],
  [
    "RadioReference's talkgroup list",
    'trs_tg_*.csv',
    `Decimal,Hex,Alpha Tag,Mode,Description,Tag,Category
9101,238d,"FD DISP","D","Fire, dispatch","Fire Dispatch","Fire"
9102,238e,"PD TAC 1","DE","Police tactical","Law Tac","Police"
9103,238f,"PW OPS","T","Public works","Public Works","Works"`,
  ],
  [
    "RadioReference's, without its header",
    'older downloads',
    `9101,238d,"FD DISP","D","Fire, dispatch","Fire Dispatch","Fire"
9102,238e,"PD TAC 1","DE","Police tactical","Law Tac","Police"
9103,238f,"PW OPS","T","Public works","Public Works","Works"`,
  ],
  ["OP25's tags", 'tsv', '9101\tFD DISP\t1\n9102\tPD TAC 1\t3\n9103\tPW OPS\n'],
  [
    "dsd-fme's group list",
    'group.csv',
    'DEC,Mode(A=Allow; B=Block; DE=Enc),Name,Tag\n9101,A,FD DISP,Fire\n9102,DE,PD TAC 1,Law\n9103,B,PW OPS,Works\n',
  ],
  ["dsd-fme's group list", 'without its header', '9101,A,FD DISP,Fire\n9102,DE,PD TAC 1,Law\n9103,B,PW OPS,Works\n'],
  [
    "DSD+'s group list",
    'DSDPlus.groups',
    `; protocol, networkID, group, priority, override, hits, timestamp, "alias"
P25, BEE00.3C1, 9101, 50, Normal, 12, 2026/03/01 12:00, "FD DISP"
P25, BEE00.3C1, 9102, 50, Normal, 0, 2026/03/01 12:00, "PD TAC 1"
P25, BEE00.3C1, 9103, 50, Lockout, 3, 2026/03/01 12:00, "PW OPS"`,
  ],
  [
    "rdio-scanner's talkgroups",
    'export',
    '9101,FD DISP,"Fire, dispatch",Fire Dispatch,Fire\n9102,PD TAC 1,Police tactical,Law Tac,Police\n9103,PW OPS,Public works,Public Works,Works',
  ],
  ['number and name', 'two columns', '9101,FD DISP\n9102,PD TAC 1\n9103,PW OPS'],
  [
    'a list with named columns',
    'copied from a web page',
    'DEC \tHEX \tMode \tAlpha Tag\tDescription\tTag\n9101\t238d\tD\tFD DISP\tFire, dispatch\tFire Dispatch\n9102\t238e\tDE\tPD TAC 1\tPolice tactical\tLaw Tac\n9103\t238f\tT\tPW OPS\tPublic works\tPublic Works',
  ].map((text, index) => (index === 0 ? "trunk-recorder's talkgroups file" : text)) as [string, string, string],
  [
    'a list with named columns',
    'columns of a program nobody knows',
    'talkgroup_id;alpha_tag;group;Hits\n9101;FD DISP;Fire;12\n9102;PD TAC 1;Police;0\n9103;PW OPS;Works;7',
  ],
];

describe('layouts of talkgroups', () => {
  for (const [layout, what, text] of TALKGROUPS)
    it(`${layout} (${what})`, () => {
      const table = read('talkgroups', text);
      assert.equal(table.layout, layout);
      assert.equal(table.lines, 3);
      assert.deepEqual(
        table.rows.map(({ id, alphaTag }) => [id, alphaTag]),
        [
          [9101, 'FD DISP'],
          [9102, 'PD TAC 1'],
          [9103, 'PW OPS'],
        ],
      );
      assert.deepEqual([...table.rejected, ...table.notes], []);
      const [fire, police, works] = table.rows;
      if (fire.description) assert.equal(fire.description, 'Fire, dispatch');
      if (police.mode) assert.equal(police.encryption, 'always');
      if (/dsd|DSD/.test(layout)) assert.equal(works.priority, -1);
    });

  it('takes files as spreadsheets save them: byte order marks, semicolons, every line ending, every encoding', () => {
    const lines = [
      'Decimal;Hex;Mode;Alpha Tag;Description',
      '9101;238d;D;Löschzug;"Brand; Straße"',
      '9102;238e;D;Ñandú;',
    ];
    const windows = Buffer.from(lines.join('\r\n'), 'latin1');
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(lines.join('\r\n'), 'utf16le')]);
    const bytes: [string, Buffer][] = [
      ['UTF-8', Buffer.from(`\ufeff${lines.join('\r\n')}`)],
      ['UTF-8', Buffer.from(lines.join('\n'))],
      ['UTF-8', Buffer.from(lines.join('\r'))],
      ['UTF-8', Buffer.from(`sep=;\r\n${lines.join('\r\n')}`)],
      ['Windows-1252', windows],
      ['UTF-16', wide],
      ['UTF-16', Buffer.from(lines.join('\n'), 'utf16le')],
      ['UTF-16', Buffer.from(wide).swap16()],
    ];
    for (const [encoding, file] of bytes) {
      const decoded = decodeText(file);
      assert.equal(decoded.encoding, encoding);
      const table = read('talkgroups', decoded.text);
      assert.deepEqual(
        table.rows.map(({ id, alphaTag, description }) => [id, alphaTag, description]),
        [
          [9101, 'Löschzug', 'Brand; Straße'],
          [9102, 'Ñandú', ''],
        ],
        encoding,
      );
    }
    assert.throws(() => decodeText(Buffer.alloc(MAX_TABLE_BYTES + 1, 65)), { status: 'table too big' });
  });

  it('finds the delimiter, and prefers none that only stands in names', () => {
    assert.equal(findDelimiter('1001\tFire, dispatch\n1002\tPolice'), '\t');
    assert.equal(findDelimiter('# tags; of the county\n4021,Engine 21; spare\n4022,Truck 2'), ',');
    assert.equal(findDelimiter('1;FDMA;851,00625;6,25;-45'), ';');
    assert.equal(findDelimiter('"a;b";"c"\n"d;e";"f"'), ';');
    assert.equal(findDelimiter('70(1|2|3),Fire'), ',');
    assert.equal(findDelimiter(''), ',');
  });

  it('takes the decimal number where a spreadsheet has spoilt the hexadecimal one, and says so', () => {
    const { rows, notes } = read(
      'talkgroups',
      'Decimal,Hex,Mode,Alpha Tag\n7811,1E83,D,A\n7872.0,1.00E+03,D,B\n100,65,D,C',
    );
    assert.deepEqual(
      rows.map(({ id }) => id),
      [7811, 7872, 100],
    );
    assert.deepEqual(notes, [{ line: 4, text: 'hex "65" is not 100; the decimal number is used' }]);
  });

  it('recovers from a quote that is not closed: only its line is lost', () => {
    const { rows, rejected } = read(
      'talkgroups',
      'Decimal,Alpha Tag,Description\n"1","A","x"\n"2","B,"y"\n"3","C","z"\n4,"D\n5,"E","two\nlines"\n6,F',
    );
    assert.deepEqual(
      rows.map(({ id }) => id),
      [1, 3, 5, 6],
    );
    assert.equal(rows[2].description, 'two lines');
    assert.deepEqual(
      rejected.map(({ line, text }) => [line, text]),
      [
        [3, 'text after a closing quote; line left out'],
        [5, 'text after a closing quote; line left out'],
      ],
    );
  });

  it('keeps columns it does not use, and writes names without control characters', () => {
    const { rows } = read('talkgroups', 'Decimal,Alpha Tag,Region,__proto__\n1,"A\u0000\nB",North,x\n2,"\'=cmd()",,');
    assert.equal(rows[0].alphaTag, 'A B');
    assert.deepEqual(rows[0].extra, { Region: 'North' });
    assert.equal(rows[1].alphaTag, '=cmd()');
    assert.equal(rows[1].extra, undefined);
  });

  it('is not led astray by a talkgroup list without modes', () => {
    assert.deepEqual(ids('100,64,,A,B,C,D\n101,65,,E,F,G,H'), [100, 101]);
    assert.equal(read('talkgroups', '100,64,,A,B,C,D\n101,65,,E,F,G,H').rows[0].alphaTag, 'A');
  });
});

describe('layouts of units', () => {
  it("trunk-recorder's unit tags, with patterns and what was heard on the air", () => {
    const table = read('units', '4021,Engine 21\n"70\\d{2,3}",Fire\n/^9(..)/,Truck $1\n5,Late,ota\n4021,Again\n');
    assert.equal(table.layout, "trunk-recorder's unit tags");
    assert.deepEqual(table.rows, [
      { id: '4021', name: 'Engine 21' },
      { id: '70\\d{2,3}', name: 'Fire' },
      { id: '/^9(..)/', name: 'Truck $1' },
      { id: '5', name: 'Late', ota: true },
    ]);
    assert.deepEqual(table.notes, [{ line: 5, text: 'unit 4021 is listed twice; line 1 is used' }]);
  });

  for (const [what, header] of [
    ['with its header', 'unitID,alias,source,timestamp,WACN,SYS,talkgroup_discovered\n'],
    ['without', ''],
  ])
    it(`trunk-recorder's aliases heard on the air, ${what}: the newest of a unit`, () => {
      const table = read(
        'units',
        `${header}704001,E21 Smith,P25 OTA,1718000000,BEE00,3C1,9101\n704002,T2,P25 OTA,1718000001,BEE00,3C1,9101\n704001,E21 Jones,P25 OTA,1718000100,BEE00,3C1,9102\n`,
      );
      assert.equal(table.layout, "trunk-recorder's aliases heard on the air");
      assert.deepEqual(table.rows, [
        { id: '704001', name: 'E21 Jones', ota: true },
        { id: '704002', name: 'T2', ota: true },
      ]);
    });

  it("OP25's radio tags, DSD+'s radios, and columns with names", () => {
    assert.deepEqual(read('units', '704001\tE21\n704002\tT2').layout, "OP25's radio tags");
    const dsd = read(
      'units',
      'P25, BEE00.3C1, 9101, 704001, 50, Normal, 3, 2026/03/01 12:00, "E21, spare"\nP25, BEE00.3C1, 9101, 704002, 50, Normal, 3, 2026/03/01 12:00, "T2"',
    );
    assert.equal(dsd.layout, "DSD+'s radio list");
    assert.equal(dsd.rows[0].name, 'E21, spare');
    assert.deepEqual(read('units', 'Radio ID;Alpha Tag\n704001;E21').rows, [{ id: '704001', name: 'E21' }]);
  });

  it('refuses patterns that cannot be matched in a bounded time, and numbers that are none', () => {
    const bad = ['(\\d*)\\1x', '(open', `1${'0'.repeat(250)}x`, '99999999999'];
    const { rows, rejected } = read('units', [...bad.map((id) => `"${id}",name`), 'x{1,}?y+,fine'].join('\n'));
    assert.equal(rows.length, 1);
    assert.deepEqual(
      rejected.map(({ line }) => line),
      [1, 2, 3, 4],
    );
    const many = Array.from({ length: 2005 }, (_, i) => `${i}\\d,name`).join('\n');
    const limited = read('units', many);
    assert.equal(limited.rows.length, 2000);
    assert.match(limited.rejected[0].text, /more than 2000 patterns/);
  });
});

describe('layouts of channels', () => {
  it("trunk-recorder's channel file: MHz with a point, Hz without", () => {
    const table = read(
      'channels',
      `TG Number,Frequency,Tone,Alpha Tag,Description,Category,Tag,Comment,Enable,Signal Detector,Squelch
300,462275000,94.8,Town Police,Police dispatch,Town,Law Dispatch,,true,false,-50
325,462.2875,0,Town DPW,"Trash, recycling",Town,Public Works,note,false,,
,154.43,D223N,County Fire,,,,,,,
7,"154,4300",151.4,Other tone,,,,,,,
8,FM,,,,,,,,,
`,
    );
    assert.equal(table.layout, "trunk-recorder's channel file");
    assert.deepEqual(
      table.rows.map(({ talkgroup, frequency, tone, enable }) => [talkgroup, frequency, tone, enable]),
      [
        [300, 462_275_000, '94.8', true],
        [325, 462_287_500, '', false],
        [undefined, 154_430_000, 'D223N', true],
        [7, 154_430_000, '151.4', true],
      ],
    );
    assert.equal(table.rows[0].squelch, -50);
    assert.deepEqual(table.rejected, [{ line: 6, text: '"FM" is no frequency in MHz or Hz; line left out' }]);
  });

  it("RadioReference's sites: a channel for each frequency, control channels to be received", () => {
    const table = read(
      'channels',
      `RFSS,Site Dec,Site Hex,Site NAC,Description,County Name,Lat,Lon,Range,Frequencies
1,001,1,3C1,"Simulcast, north","County",29.96467,-81.87462,20,855.237500,856.437500,858.987500c,860.962500c
3,013,D,3c2,"South","County",30.1,-81.6,25,851.012500c
`,
    );
    assert.equal(table.layout, "RadioReference's sites and frequencies");
    assert.deepEqual(
      table.rows.map(({ frequency, use, enable, nac, alphaTag }) => [frequency, use, enable, nac, alphaTag]),
      [
        [855_237_500, 'voice', false, '3C1', '1-1 Simulcast, north'],
        [856_437_500, 'voice', false, '3C1', '1-1 Simulcast, north'],
        [858_987_500, 'control', true, '3C1', '1-1 Simulcast, north'],
        [860_962_500, 'control', true, '3C1', '1-1 Simulcast, north'],
        [851_012_500, 'control', true, '3C2', '3-13 South'],
      ],
    );
  });

  it("RadioReference's conventional frequencies, and lists of frequency and name", () => {
    const table = read(
      'channels',
      'Frequency Output,Frequency Input,FCC Callsign,Agency/Category,Description,Alpha Tag,PL Output Tone,PL Input Tone,Mode,Class Station Code,Tag\n155.37000,0.00000,WQAB123,"County Sheriff","Dispatch","SO Disp","103.5 PL","CSQ","FMN","RM","Law Dispatch"\n',
    );
    assert.equal(table.layout, "RadioReference's conventional frequencies");
    const [row] = table.rows;
    assert.deepEqual(
      [row.frequency, row.tone, row.alphaTag, row.category, row.tag],
      [155_370_000, '103.5 PL', 'SO Disp', 'County Sheriff', 'Law Dispatch'],
    );
    assert.equal(row.extra!['FCC Callsign'], 'WQAB123');
    assert.equal(read('channels', '162.55,Weather\n162.4,Other').rows[0].frequency, 162_550_000);
  });
});

describe('layouts of band plans', () => {
  it("trunk-recorder's frequency table counts from 1, the air from 0", () => {
    const table = read(
      'bandplan',
      'TABLEID,TYPE,BASE,SPACING,OFFSET\n1,FDMA,851.00625,6.25,-45\n2,TDMA,851.0125,12.5,-45\n16,FDMA,762.00625,6.25,30\n17,FDMA,1,1,1\n0,FDMA,1,1,1\n3,FDMA,,6.25,\n',
    );
    assert.deepEqual(table.rows, [
      { identifier: 0, base: 851_006_250, spacing: 6250, offset: -45e6, slots: undefined },
      { identifier: 1, base: 851_012_500, spacing: 12_500, offset: -45e6, slots: 2 },
      { identifier: 15, base: 762_006_250, spacing: 6250, offset: 30e6, slots: undefined },
    ]);
    assert.deepEqual(
      table.rejected.map(({ line }) => line),
      [5, 6, 7],
    );
    assert.match(table.rejected[0].text, /"17" is no table \(1-16, one more than the identifier on the air\)/);
    assert.equal(read('bandplan', '1,FDMA,851.00625,6.25,-45').layout, "trunk-recorder's, without its header");
  });

  it('columns with names count identifiers as the air does, in Hz or MHz and kHz', () => {
    const { rows, notes } = read(
      'bandplan',
      'identifier;base;spacing;offset;slots\n0;851006250;6250;-45000000;1\n15;851,0125;12,5;;2\n3;851;6.3;;',
    );
    assert.deepEqual(rows[0], { identifier: 0, base: 851_006_250, spacing: 6250, offset: -45e6, slots: undefined });
    assert.deepEqual(rows[1], { identifier: 15, base: 851_012_500, spacing: 12_500, offset: undefined, slots: 2 });
    assert.match(notes[0].text, /6300 Hz is none that the air can carry/);
  });
});
