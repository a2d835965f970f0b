/** Strong pixels next to each other in a row of a frame. */
export interface StrongRun {
  x: number;
  y: number;
  length: number;
}

/** Reads which pixels are strong: `AnalysisTrial.strong` of docs/reference/api.md. Runs that go beyond a row are cut there. */
export function readStrong(text: string, columns: number): StrongRun[] {
  const runs: StrongRun[] = [];
  let [place, number, factor, isStrong] = [0, 0, 1, false];
  for (const letter of atob(text)) {
    const byte = letter.charCodeAt(0);
    number += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte >= 0x80) continue;
    const end = place + number;
    while (isStrong && place < end) {
      const x = place % columns;
      const length = Math.min(end - place, columns - x);
      runs.push({ x, y: Math.floor(place / columns), length });
      place += length;
    }
    [place, number, factor, isStrong] = [end, 0, 1, !isStrong];
  }
  return runs;
}
