/** Deeper values are no cells that anybody could read. */
const deepest = 500;

const space = /[\t\n\r ]*/y;
const string = /"(?:[^"\\]|\\.)*"/sy;
/** Python writes NaN and infinities, which are no JSON; numbers may have more digits than a number of JavaScript. */
const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity/y;

/**
 * The members of a line of JSON, with numbers as they are written; other values than objects are one member. Undefined: it is no JSON.
 */
export function parseMembers(line: string): Map<string, string> | undefined {
  const scan = new Scan(line);
  const members = scan.members();
  return members && scan.isAtEnd ? members : undefined;
}

class Scan {
  #at = 0;

  constructor(readonly text: string) {}

  get isAtEnd(): boolean {
    this.#take(space);
    return this.#at === this.text.length;
  }

  members(): Map<string, string> | undefined {
    const members = new Map<string, string>();
    if (!this.#has("{")) {
      const value = this.#cell();
      return value === undefined ? undefined : members.set("value", value);
    }
    if (this.#has("}")) return members;
    for (;;) {
      const name = this.#string();
      const value = name !== undefined && this.#has(":") ? this.#cell() : undefined;
      if (name === undefined || value === undefined) return undefined;
      members.set(name, value);
      if (this.#has("}")) return members;
      if (!this.#has(",")) return undefined;
    }
  }

  /** The text of a value: what a string says, others as they are written. */
  #cell(): string | undefined {
    this.#take(space);
    const begin = this.#at;
    if (this.text[begin] === '"') return this.#string();
    return this.#value(0) ? this.text.slice(begin, this.#at) : undefined;
  }

  #value(depth: number): boolean {
    if (depth > deepest) return false;
    if (this.#has("[")) return this.#list("]", () => this.#value(depth + 1));
    if (this.#has("{"))
      return this.#list("}", () => this.#take(string, true) && this.#has(":") && this.#value(depth + 1));
    return this.#take(string) || this.#take(word);
  }

  #list(end: string, member: () => boolean): boolean {
    if (this.#has(end)) return true;
    while (member()) {
      if (this.#has(end)) return true;
      if (!this.#has(",")) return false;
    }
    return false;
  }

  #string(): string | undefined {
    this.#take(space);
    const begin = this.#at;
    if (!this.#take(string)) return undefined;
    try {
      return JSON.parse(this.text.slice(begin, this.#at)) as string;
    } catch {
      return undefined;
    }
  }

  #has(sign: string): boolean {
    this.#take(space);
    if (this.text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp, afterSpace = false): boolean {
    if (afterSpace) this.#take(space);
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }
}
