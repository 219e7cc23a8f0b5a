/** Talkgroups remembered; the longest unheard is forgotten. */
const MOST = 4096;
/** Seconds of speech after which half of what is remembered is new. */
const HALF = 20;

/** How loud the calls of each talkgroup usually are, for calls too short to tell themselves. */
export class LoudnessHistory {
  private readonly known = new Map<string, number>();

  /** LUFS; undefined when nothing was heard yet. */
  get(talkgroup: string): number | undefined {
    return this.known.get(talkgroup);
  }

  /** @param loudness LUFS @param speech seconds it was measured over */
  add(talkgroup: string, loudness: number, speech: number): void {
    if (!Number.isFinite(loudness) || !(speech > 0)) return;
    const before = this.known.get(talkgroup) ?? loudness;
    const share = 1 - 0.5 ** (speech / HALF);
    this.known.delete(talkgroup);
    this.known.set(talkgroup, before + share * (loudness - before));
    if (this.known.size > MOST) this.known.delete(this.known.keys().next().value!);
  }
}
