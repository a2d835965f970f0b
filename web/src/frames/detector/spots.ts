/** Where a spot is on a frame, pixels from the upper left corner. */
export interface SpotPosition {
  x: number;
  y: number;
}

/** Reads the column `spot_positions` of a result row: docs/reference/spot-finding.md. */
export function readSpots(text: string): SpotPosition[] {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const units = bytes.length >= 2 ? view.getUint16(0, true) : 0;
  const spots: SpotPosition[] = [];
  if (units > 0)
    for (let at = 2; at + 4 <= bytes.length; at += 4)
      spots.push({ x: view.getUint16(at, true) / units, y: view.getUint16(at + 2, true) / units });
  return spots;
}
