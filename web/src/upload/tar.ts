const block = 512;
const ascii = new TextEncoder();

/** The header of a tar member (POSIX ustar): a blob under its hash. */
export function tarHeader(hash: string, size: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(block);
  const put = (text: string, at: number) => header.set(ascii.encode(text), at);
  put(`blobs/${hash}`, 0);
  put("0000644\0", 100);
  put("0000000\0", 108);
  put("0000000\0", 116);
  put(`${size.toString(8).padStart(11, "0")}\0`, 124);
  put("00000000000\0", 136);
  put("        ", 148);
  put("0", 156);
  put("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** A tar stream of blobs. The browser streams the files when it sends; they are not read into memory. */
export function tarOf(members: { hash: string; file: Blob }[]): Blob {
  const parts: BlobPart[] = [];
  for (const { hash, file } of members) {
    parts.push(tarHeader(hash, file.size), file);
    const rest = file.size % block;
    if (rest > 0) parts.push(new Uint8Array(block - rest));
  }
  parts.push(new Uint8Array(2 * block));
  return new Blob(parts, { type: "application/x-tar" });
}
