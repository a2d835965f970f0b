/** So many entries of the history are remembered. */
const most = 100;

const places = new Map<string, number>();

/** Remembers where something was scrolled to, by the entry of the history and a name. */
export function keepPlace(entry: string, name: string, place: number): void {
  const key = `${entry} ${name}`;
  places.delete(key);
  places.set(key, place);
  const oldest = places.keys().next().value;
  if (places.size > most && oldest !== undefined) places.delete(oldest);
}

/** Where it was scrolled to when this entry of the history was seen last. */
export function keptPlace(entry: string, name: string): number | undefined {
  return places.get(`${entry} ${name}`);
}
