// Compresses what the build wrote, once and well, so that the server only has to choose.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const folder = new URL("../dist/", import.meta.url).pathname;
const worthIt = /\.(js|css|svg|json|webmanifest)$/;
const smallest = 1024;

for (const name of readdirSync(folder, { recursive: true })) {
  const path = join(folder, name);
  if (!worthIt.test(name) || statSync(path).size < smallest) {
    continue;
  }

  const bytes = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
