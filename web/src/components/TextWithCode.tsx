import { Code } from "@mantine/core";
import { visibleText } from "../text/visible";

/** A sentence of the server; what stands between backticks in it is to be typed. */
export function TextWithCode({ children }: { children: string }) {
  return visibleText(children)
    .split("`")
    .map((part, index) => (index % 2 === 1 ? <Code key={`${index} ${part}`}>{part}</Code> : part));
}
