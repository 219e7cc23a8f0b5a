import { topicLevel } from './publication';

/** The topics of the flat messages of one instance: '<prefix>/<instance>/...'. */
export class FlatTopics {
  constructor(readonly root: string) {}

  get status(): string {
    return `${this.root}/status`;
  }

  get receiver(): string {
    return `${this.root}/receiver`;
  }

  of(system: string, ...levels: (string | number)[]): string {
    return [this.root, ...[system, ...levels].map(topicLevel)].join('/');
  }

  talkgroup(system: string, talkgroup: number, what: 'event' | 'active'): string {
    return this.of(system, 'talkgroups', talkgroup, what);
  }
}
