import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../e2e/node-red-process';

const PROGRAMS = ['/usr/bin/icecast2', '/usr/bin/icecast', '/usr/local/bin/icecast'];
const SHARE = ['/usr/share/icecast2', '/usr/share/icecast', '/usr/local/share/icecast'];
export const PASSWORD = 'hack & "me"';

export const ICECAST = PROGRAMS.find((path) => existsSync(path));

/** A real Icecast on a free port. */
export class IcecastServer {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(wanted?: number): Promise<IcecastServer> {
    const port = wanted ?? (await freePort());
    const folder = mkdtempSync(join(tmpdir(), 'trunkflow-icecast-'));
    chmodSync(folder, 0o777);
    writeFileSync(join(folder, 'icecast.xml'), config(port, folder));
    const child = spawn(ICECAST!, ['-c', join(folder, 'icecast.xml')], { stdio: 'ignore' });
    const server = new IcecastServer(port, folder, child);
    for (;;) {
      if (child.exitCode !== null) throw new Error(`icecast ended: ${child.exitCode}`);
      if (await server.status().then(Boolean, () => false)) return server;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The mount points that are on the air, by path. */
  async status(): Promise<Map<string, Record<string, string>>> {
    const response = await fetch(`${this.url}/status-json.xsl`);
    // It writes titles as they are.
    const { icestats } = JSON.parse(await response.text());
    const sources = [icestats.source ?? []].flat() as Record<string, string>[];
    return new Map(sources.map((source) => [new URL(source.listenurl).pathname, source]));
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function config(port: number, folder: string): string {
  const share = SHARE.find((path) => existsSync(path));
  // It does not run as root.
  const owner = process.getuid?.() === 0 ? '<changeowner><user>nobody</user><group>nogroup</group></changeowner>' : '';
  const password = PASSWORD.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<icecast>
  <limits><clients>10</clients><sources>5</sources><burst-on-connect>0</burst-on-connect></limits>
  <authentication><source-password>${password}</source-password><admin-user>admin</admin-user>
  <admin-password>${password}</admin-password></authentication>
  <hostname>127.0.0.1</hostname>
  <listen-socket><port>${port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <paths><basedir>${share}</basedir><logdir>${folder}</logdir><webroot>${share}/web</webroot>
  <adminroot>${share}/admin</adminroot></paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>3</loglevel></logging>
  <security><chroot>0</chroot>${owner}</security>
</icecast>
`;
}

export function has(program: string): boolean {
  try {
    execFileSync(program, ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
