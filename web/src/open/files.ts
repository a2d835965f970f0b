import { encodePath } from "../api/base";
import type { Schemas } from "../api/client";
import { open as t } from "../messages/en";
import { shellWord } from "../text/shell";
import type { OpenFacts, Way } from "./ways";

type Program = Schemas["OpenWithInfo"];

/** A file, or a folder that is one thing, such as a store of Zarr. */
export interface FileFacts extends OpenFacts {
  path: string;
  isFolder: boolean;
}

/** Programs of the field that open files of some names. */
const fileViewers: { program: string; command: string; names: RegExp }[] = [
  { program: "napari", command: "napari", names: /\.(tiff?|zarr|mrc|mrcs|map|rec|st|npy|lsm|czi|nd2|ims)$/i },
  { program: "ChimeraX", command: "chimerax", names: /\.(mrc|map|ccp4|rec|pdb|ent|cif|mmcif|bcif|sdf|mol2|dcd)$/i },
  { program: "IMOD (3dmod)", command: "3dmod", names: /\.(mrcs?|map|rec|st|ali|preali|tiff?|mod)$/i },
];
const neuroglancer = "https://neuroglancer-demo.appspot.com";
const neuroglancerNames: [RegExp, string][] = [
  [/\.zarr$/i, "zarr"],
  [/\.nii(\.gz)?$/i, "nifti"],
];
const ofFile = /\{(path|folder|filename|file|zarr)\}/;

/** The programs that open a file, those of the field first; one of the operator replaces another of its name. */
export function waysToOpenFile(facts: FileFacts, type: string | undefined, programs: Program[]): Way[] {
  const { path } = facts;
  const known = fileViewers
    .filter(({ names }) => names.test(path) && !(facts.isFolder && facts.isVisitor))
    .map(({ program, command }) => local(facts, program, command));
  const own = programs.filter(
    (one) =>
      isOfType(one, type) &&
      (one.suffixes?.length ? hasSuffix(path, one.suffixes) : ofFile.test(one.command ?? one.address ?? "")),
  );
  return merged([...known, ...remote(facts)], own, facts);
}

/** The programs of the operator beside those of a dataset. */
export function withPrograms(ways: Way[], facts: OpenFacts, type: string | undefined, programs: Program[]): Way[] {
  const own = programs.filter(
    (one) => isOfType(one, type) && !one.suffixes?.length && !ofFile.test(one.command ?? one.address ?? ""),
  );
  return merged(ways, own, { ...facts, path: "", isFolder: true });
}

function merged(ways: Way[], programs: Program[], facts: FileFacts): Way[] {
  const own = programs.map((one) => wayOf(one, facts)).filter((way) => way !== undefined);
  const names = new Set(own.map(({ program }) => program));
  return [...ways.filter(({ program }) => !names.has(program)), ...own];
}

function isOfType({ types = [] }: Program, type: string | undefined): boolean {
  return types.length === 0 || (type !== undefined && types.includes(type));
}

function hasSuffix(path: string, suffixes: string[]): boolean {
  return suffixes.some((suffix) => path.toLowerCase().endsWith(suffix.toLowerCase()));
}

/** What the operator wrote, filled in; undefined for an address that is none of the web. */
function wayOf({ name, command, address }: Program, facts: FileFacts): Way | undefined {
  const values = valuesOf(facts);
  if (command) return { program: name, lines: [{ label: t.command(name), value: fill(command, values, shellWord) }] };
  const href = fill(address ?? "", values, encodeURIComponent);
  return /^https?:\/\//i.test(href) ? { program: name, href, lines: [] } : undefined;
}

/** Puts values in place of names in braces; other braces stay. */
export function fill(template: string, values: Record<string, string>, encode: (value: string) => string): string {
  return template.replace(/\{([A-Za-z]+)\}/g, (all, name: string) =>
    Object.hasOwn(values, name) ? encode(values[name] as string) : all,
  );
}

function valuesOf({ server, id, name, slug, at, path }: FileFacts): Record<string, string> {
  const begin = path.lastIndexOf("/") + 1;
  const base = `${server}/api/v1/datasets/${id}`;
  return {
    server,
    id,
    name,
    owner: name.split("/")[0] ?? "",
    slug,
    version: at ?? "",
    path,
    folder: path.slice(0, begin),
    filename: path.slice(begin),
    file: contentOf(base, path, at),
    zarr: `${base}${at ? `/snapshots/${encodeURIComponent(at)}` : ""}/zarr/${encodePath(path)}`,
  };
}

const contentOf = (base: string, path: string, at: string | undefined) =>
  `${base}/entries/${encodePath(path)}${at ? `?at=${encodeURIComponent(at)}` : ""}`;

/** A program of this computer: the file is brought here first. */
function local(facts: FileFacts, program: string, command: string): Way {
  const { server, id, name, slug, at, path, isFolder, isVisitor } = facts;
  if (isVisitor) {
    const file = shellWord(`./${path.slice(path.lastIndexOf("/") + 1)}`);
    const address = shellWord(contentOf(`${server}/api/v1/datasets/${id}`, path, at));
    return {
      program,
      lines: [{ label: t.command(program), value: `curl -fL -o ${file} ${address} && ${command} ${file}` }],
    };
  }
  const pattern = `/${path.replace(/[\\*?[\]]/g, "\\$&")}${isFolder ? "/**" : ""}`;
  const stage = `hutch stage ${shellWord(at ? `${name}@${at}` : name)} ${shellWord(slug)} --include ${shellWord(pattern)}`;
  return {
    program,
    note: t.firstLogIn,
    lines: [
      { label: t.command(program), value: `${stage} && ${command} ${shellWord(`${slug}/${path}`)}` },
      { label: t.loginCommand, value: `hutch login ${server}` },
    ],
  };
}

/** Neuroglancer reads public data by S3, from the browser of the reader. */
function remote({ name, at, path, isPublic, s3 }: FileFacts): Way[] {
  const kind = neuroglancerNames.find(([names]) => names.test(path))?.[1];
  if (!kind || !s3 || !isPublic) return [];
  const bucket = `${name.replace("/", ".")}${at ? `.at.${at}` : ""}`;
  const source = `${kind}://${s3.replace(/\/$/, "")}/${bucket}/${encodePath(path)}`;
  const state = { layers: [{ type: "image", source, name: path.slice(path.lastIndexOf("/") + 1) }] };
  return [
    {
      program: "Neuroglancer",
      href: `${neuroglancer}/#!${encodeURIComponent(JSON.stringify(state))}`,
      lines: [{ label: t.addressOfTheData, value: source }],
      note: t.neuroglancerReads(neuroglancer),
    },
  ];
}
