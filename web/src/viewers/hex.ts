const rowBytes = 16;
/** So many are shown at once. */
export const pageBytes = 4096;

/** Bytes as `hexdump -C` shows them: offset, hex, ASCII. */
export function hexDump(bytes: Uint8Array, begin: number): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += rowBytes) {
    const row = [...bytes.subarray(at, at + rowBytes)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const ascii = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    rows.push(`${(begin + at).toString(16).padStart(8, "0")}  ${hex.padEnd(rowBytes * 3 - 1)}  ${ascii}`);
  }
  return rows.join("\n");
}

/** An offset as people type it: 4096, 0x1000. */
export function parseOffset(text: string): number | undefined {
  const trimmed = text.trim();
  return /^(\d+|0x[0-9a-f]+)$/i.test(trimmed) ? Number(trimmed) : undefined;
}
