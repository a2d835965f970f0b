/** The path of a frame: six digits or more, and below the folder of its channel. */
export function framePath(number: number, channel: string): string {
  const name = String(number).padStart(6, "0");
  return channel === "" ? name : `${channel}/${name}`;
}

/** The number and the channel of a frame's path; undefined for any other entry. */
export function parseFramePath(path: string): { number: number; channel: string } | undefined {
  const [, channel = "", name] = /^(?:(.+)\/)?(\d{6,9})$/.exec(path) ?? [];
  return name === undefined || Number(name) === 0 ? undefined : { number: Number(name), channel };
}
