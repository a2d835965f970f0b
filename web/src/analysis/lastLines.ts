/** The codes with which programs colour and move in a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
const terminalCodes = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: only line break and tab are text
const otherControls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** The output of a program as a terminal would leave it: of a line that was written again and again, its last text. */
export function lastLines(text: string): string {
  return text
    .replace(terminalCodes, "")
    .split("\n")
    .map((line) => line.replace(/\r+$/, "").split("\r").at(-1) ?? "")
    .join("\n")
    .replace(otherControls, "")
    .trimEnd();
}
