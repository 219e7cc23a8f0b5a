/** A talkgroup a person wants entities for in Home Assistant. */
export interface ChosenTalkgroup {
  /** Short name of its system; '' = any system. */
  system: string;
  talkgroup: number;
  /** Name of its entities; '' = as in the table. */
  name: string;
}

/** The talkgroups chosen in one system, each once. */
export function chosenIn(system: string, chosen: readonly ChosenTalkgroup[]): ChosenTalkgroup[] {
  const found = new Map<number, ChosenTalkgroup>();
  for (const choice of chosen)
    if ((choice.system === '' || choice.system === system) && !found.has(choice.talkgroup))
      found.set(choice.talkgroup, choice);
  return [...found.values()];
}
