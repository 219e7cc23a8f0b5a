const taken = new Set<string>();

/**
 * A name for a source's stream: the node's own, fit for topics and with nothing that means something in stream names;
 * made unique with the node's id, because streams of different sources must not mix.
 */
export function claimStream(name: string, id: string): { stream: string; release(): void } {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const stream = plain && !taken.has(plain) ? plain : [plain || 'sdr', id].join('-');
  taken.add(stream);
  return { stream, release: () => taken.delete(stream) };
}
