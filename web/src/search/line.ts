/** The parts of a search as the server splits it: words, and words with a value in quotes. */
const part = /[^\s"]*"(?:[^"]|"")*"(?=\s|$)|\S+/g;

function partsOf(line: string): string[] {
  return line.match(part) ?? [];
}

/** Whether a search asks for a condition, such as `type:mx`. */
export function asks(line: string, condition: string): boolean {
  return partsOf(line).includes(condition);
}

/** Adds a condition to a search, or takes it away when it is there. */
export function toggle(line: string, condition: string): string {
  const parts = partsOf(line);
  const others = parts.filter((one) => one !== condition);
  return (others.length < parts.length ? others : [...parts, condition]).join(" ");
}

/** Asks for values of an attribute from one number to another; what is left empty is no limit. */
export function between(line: string, name: string, from: string, to: string, unit: string): string {
  const others = partsOf(line).filter((one) => !one.startsWith(`${name}>=`) && !one.startsWith(`${name}<=`));
  const limit = (operator: string, value: string) => (value.trim() ? [`${name}${operator}${value.trim()}${unit}`] : []);
  return [...others, ...limit(">=", from), ...limit("<=", to)].join(" ");
}
