import type { SchemaElement, SchemaTree } from "hyparquet";
import { tables as t } from "../../messages/en";

/**
 * Values of Parquet with every digit. hyparquet gives decimals and times as numbers of the browser, which have fewer, and refuses some kinds.
 * Those are read as the integers and bytes that the file stores, and become texts here:
 * https://github.com/apache/parquet-format/blob/master/LogicalTypes.md.
 */
type Text = (value: unknown) => unknown;

const digitsOf: Record<string, number> = { MILLIS: 3, MICROS: 6, NANOS: 9 };
/** Decimals have at most 76 digits in any program; longer bytes are shown as they are. */
const mostDecimalBytes = 64;
const intervalBytes = 12;

export const parsers = {
  timestampFromNanoseconds: (nanoseconds: bigint) => stampText(nanoseconds, 9, ""),
  dateFromDays: (days: number) => stampText(BigInt(days) * 86_400n, 0, "").slice(0, -" 00:00:00".length),
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && textOfBytes(bytes),
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && textOfBytes(bytes),
};

/** The element as hyparquet is to read it: without the kind, if the values become texts here. */
export function asStored(element: SchemaElement): SchemaElement {
  const isStored = !element.num_children && kindOf(element) !== undefined;
  return isStored ? { ...element, converted_type: undefined, logical_type: undefined } : element;
}

/** True if a column has values that become texts here. */
export function hasTexts({ element, children }: SchemaTree): boolean {
  return isVariant(element) || (children.length > 0 ? children.some(hasTexts) : leafText(element) !== undefined);
}

/** A value of a column with texts in place of its decimals and times, however deep they are. */
export function withTexts(tree: SchemaTree, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((each) => withTexts(tree, each));
  if (isVariant(tree.element)) return t.notReadBecause(t.valuesOfVariants);
  const [first] = tree.children;
  if (!first) return leafText(tree.element)?.(value) ?? value;
  const kind = tree.element.converted_type;
  const isSingle = tree.children.length === 1;
  // The list of a list has been put together: its items are those of the group in the middle.
  if (isSingle && kind === "LIST") return withTexts(first.children.length === 1 ? itemOf(first) : first, value);
  if (isSingle && (kind === "MAP" || kind === "MAP_KEY_VALUE")) return mapWithTexts(first, value as object);
  const members = value as Record<string, unknown>;
  return Object.fromEntries(
    tree.children.map((child) => [child.element.name, withTexts(child, members[child.element.name])]),
  );
}

/** Values whose kinds differ from row to row. hyparquet loses digits of their decimals and the scale of those that are stored apart. */
const isVariant = (element: SchemaElement) => element.logical_type?.type === "VARIANT";

const itemOf = (group: SchemaTree) => group.children[0] as SchemaTree;

function mapWithTexts({ children: [key, item] }: SchemaTree, pairs: object): unknown {
  const nameOf = (name: string) =>
    key && /^-?\d+$/.test(name) && kindOf(key.element) ? String(withTexts(key, BigInt(name))) : name;
  return Object.fromEntries(
    Object.entries(pairs).map(([name, value]) => [nameOf(name), item ? withTexts(item, value) : value]),
  );
}

/** What is read as stored; undefined for kinds that hyparquet reads well. */
function kindOf(element: SchemaElement): Text | undefined {
  const { converted_type: old, logical_type: kind } = element;
  if (old === "DECIMAL" || kind?.type === "DECIMAL") {
    const scale = (kind?.type === "DECIMAL" ? kind.scale : undefined) ?? element.scale ?? 0;
    return (value) => decimalText(value, scale);
  }
  const digits =
    kind?.type === "TIME" || kind?.type === "TIMESTAMP" ? digitsOf[kind.unit] : digitsOf[old?.split("_")[1] ?? ""];
  if (digits !== undefined) {
    const isTime = kind ? kind.type === "TIME" : old?.startsWith("TIME_");
    const zone = !kind || ("isAdjustedToUTC" in kind && kind.isAdjustedToUTC) ? "Z" : "";
    return (value) => (isTime ? timeText(integer(value), digits) : stampText(integer(value), digits, zone));
  }
  if (old === "INTERVAL") return intervalText;
  return old === "BSON" ? (value) => hexOf(value as Uint8Array) : undefined;
}

function leafText(element: SchemaElement): Text | undefined {
  if (element.type === "FLOAT") return (value) => (typeof value === "number" ? single(value) : value);
  const isBytes = element.type === "BYTE_ARRAY";
  return (
    kindOf(element) ?? (isBytes ? (value) => (value instanceof Uint8Array ? textOfBytes(value) : value) : undefined)
  );
}

/** The shortest number that is the same in single precision: as a double, it would have digits that no program wrote. */
export function single(value: number): number {
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

const integer = (value: unknown) => BigInt(value as bigint | number);

function decimalText(value: unknown, scale: number): string {
  if (value instanceof Uint8Array && value.length > mostDecimalBytes) return hexOf(value);
  const unscaled = value instanceof Uint8Array ? signed(value) : integer(value);
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function signed(bytes: Uint8Array): bigint {
  const whole = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(bytes.length * 8, whole);
}

/** A time stamp of so many digits after the second; the number itself where the browser has no such date. */
function stampText(value: bigint, digits: number, zone: string): string {
  const [seconds, fraction] = split(value, digits);
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return String(value);
  return `${date.toISOString().replace("T", " ").slice(0, -".000Z".length)}${fraction}${zone}`;
}

function timeText(value: bigint, digits: number): string {
  const [seconds, fraction] = split(value, digits);
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n];
  return seconds < 0n ? String(value) : parts.map((each) => String(each).padStart(2, "0")).join(":") + fraction;
}

function split(value: bigint, digits: number): [bigint, string] {
  const unit = 10n ** BigInt(digits);
  const rest = ((value % unit) + unit) % unit;
  const fraction = rest === 0n ? "" : `.${String(rest).padStart(digits, "0").replace(/0+$/, "")}`;
  return [(value - rest) / unit, fraction];
}

/** Months, days and milliseconds, each as the file has it, in the form of ISO 8601: a month has no fixed number of days. */
function intervalText(value: unknown): unknown {
  if (!(value instanceof Uint8Array) || value.length !== intervalBytes) return value;
  const view = new DataView(value.buffer, value.byteOffset, intervalBytes);
  const [months, days, time] = [0, 4, 8].map((at) => view.getUint32(at, true));
  const [seconds, fraction] = split(BigInt(time as number), 3);
  return `P${months}M${days}DT${seconds}${fraction}S`;
}

function textOfBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // It is no text: bytes without a kind may be anything.
    return hexOf(bytes);
  }
}

/** The first bytes, in hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 64)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
