/** Units remembered; the one that was named longest ago is forgotten. */
const MAX_UNITS = 20_000;

/** Names that units told themselves. */
export class HeardNames {
  private readonly names = new Map<number, string>();

  get(unit: number): string | undefined {
    return this.names.get(unit);
  }

  set(unit: number, name: string): void {
    this.names.delete(unit);
    this.names.set(unit, name);
    if (this.names.size > MAX_UNITS) this.names.delete(this.names.keys().next().value!);
  }
}
