import { open as t } from "../messages/en";
import { shellWord } from "../text/shell";

/** What the lines depend on. */
export interface OpenFacts {
  /** The address of the server. */
  server: string;
  id: string;
  /** `owner/slug`. */
  name: string;
  slug: string;
  isPublic: boolean;
  isClosed: boolean;
  hasFrames: boolean;
  /** Whether the server has the door of git. */
  hasGit: boolean;
  /** The version on the page; undefined for the latest. */
  at: string | undefined;
  /** Whether the user has no account here: only public datasets are read so. */
  isVisitor: boolean;
  /** The account; undefined for visitors. */
  user: string | undefined;
  /** The address of the S3 door, if the operator set it. */
  s3?: string | null | undefined;
  /** The address of a JupyterHub, if the operator set it. */
  jupyterHub?: string | null | undefined;
}

/** Something to copy into a shell or a notebook. */
export interface Line {
  label: string;
  value: string;
}

/** A program, and how it opens the dataset. */
export interface Way {
  program: string;
  lines: Line[];
  /** An address that opens it by a click. */
  href?: string;
  /** What to do once before. */
  note?: string;
}

const loginNote = t.firstLogIn;

/** The lines that work for a dataset, the usual ones first. */
export function waysToOpen(facts: OpenFacts): Way[] {
  const { isVisitor, at, hasFrames, isClosed, hasGit } = facts;
  const frames = hasFrames && !isVisitor;
  return [
    commandLine(facts),
    ...(isVisitor ? [] : [mount(facts)]),
    python(facts),
    ...(frames && isClosed ? [h5py(facts)] : []),
    ...(hasFrames ? [dials(facts)] : []),
    ...(hasFrames && isClosed ? [zarr(facts)] : []),
    ...(at || !hasGit ? [] : [git(facts), datalad(facts)]),
    rclone(facts),
    ...(facts.s3 && !isVisitor ? [s3(facts, facts.s3)] : []),
    ...(facts.jupyterHub ? [jupyter(facts, facts.jupyterHub)] : []),
  ];
}

const versioned = ({ name, at }: OpenFacts) => (at ? `${name}@${at}` : name);
const remote = ({ isVisitor, server }: OpenFacts) => (isVisitor ? `--remote ${server} ` : "");
/** The lines before others that need a login. */
const login = ({ isVisitor, server }: OpenFacts): Pick<Way, "note"> & { line: Line[] } =>
  isVisitor ? { line: [] } : { note: loginNote, line: [{ label: t.loginCommand, value: `hutch login ${server}` }] };

function commandLine(facts: OpenFacts): Way {
  const { line, ...rest } = login(facts);
  const clone = `hutch clone ${remote(facts)}${shellWord(versioned(facts))}`;
  return { program: t.commandLine, lines: [{ label: t.cloneCommand, value: clone }, ...line], ...rest };
}

function mount(facts: OpenFacts): Way {
  const { line, ...rest } = login(facts);
  const value = `hutch mount ${shellWord(versioned(facts))} ${shellWord(facts.slug)}`;
  return { program: t.folderMount, lines: [{ label: t.mountCommand, value }, ...line], ...rest };
}

const opened = (facts: OpenFacts) =>
  facts.isVisitor
    ? `hutch.connect(${quoted(facts.server)}).open(${quoted(versioned(facts))})`
    : `hutch.open(${quoted(versioned(facts))})`;

function python(facts: OpenFacts): Way {
  const { line, ...rest } = login(facts);
  return {
    program: "Python",
    lines: [{ label: t.code("Python"), value: `import hutch; ds = ${opened(facts)}` }, ...line],
    ...rest,
  };
}

function h5py(facts: OpenFacts): Way {
  const { line, ...rest } = login(facts);
  const file = quoted(`.hutch/virtual/${facts.slug}.nxs`);
  const value = `import h5py, hutch\nfile = h5py.File(${opened(facts)}[${file}].open())\nfirst = file["entry/data/data"][0]`;
  return { program: "h5py", lines: [{ label: t.code("h5py"), value }, ...line], ...rest };
}

function dials(facts: OpenFacts): Way {
  const { line, ...rest } = login(facts);
  const file = shellWord(`${facts.slug}.nxs`);
  const value = `hutch export ${remote(facts)}${shellWord(versioned(facts))} ${file} && dials.import ${file}`;
  return { program: "DIALS", lines: [{ label: t.command("DIALS"), value }, ...line], ...rest };
}

function zarr({ server, id, at, slug, isPublic }: OpenFacts): Way {
  const version = at ? `/snapshots/${encodeURIComponent(at)}` : "";
  const url = quoted(`${server}/api/v1/datasets/${id}${version}/zarr/.hutch/virtual/${slug}.nxs`);
  const headers = isPublic ? "" : ', headers={"Authorization": "Bearer " + os.environ["HUTCH_TOKEN"]}';
  const value = `import os, fsspec, zarr\nstore = fsspec.get_mapper(${url}${headers})\nframes = zarr.open(store, mode="r")["entry/data/data"]`;
  return { program: "Zarr", lines: [{ label: t.code("Zarr"), value }], ...(isPublic ? {} : { note: tokenNote }) };
}

const tokenNote = t.aTokenFromTheTokensPage;

function git(facts: OpenFacts): Way {
  const value = `git clone ${facts.server}/git/${facts.name}`;
  return { program: "git", lines: [{ label: t.command("git"), value }, ...gitLogin(facts)] };
}

function datalad(facts: OpenFacts): Way {
  const value = `datalad clone 'ria+${facts.server}/ria#${facts.id}' ${shellWord(facts.slug)}`;
  return { program: "DataLad", lines: [{ label: t.command("DataLad"), value }, ...gitLogin(facts)] };
}

/** git takes its password from the login of `hutch`. */
const gitLogin = ({ isPublic, server }: OpenFacts): Line[] =>
  isPublic ? [] : [{ label: t.gitLoginCommand, value: `hutch login ${server} && hutch datalad login` }];

function rclone({ server, name, at, slug, isVisitor, user }: OpenFacts): Way {
  const url = `${server}/dav/${at ? `${name}@${at}` : name}`;
  const access = isVisitor ? "" : ` --webdav-user ${user} --webdav-pass "$(rclone obscure "$HUTCH_TOKEN")"`;
  const value = `rclone copy :webdav: ${shellWord(slug)} --webdav-url ${shellWord(url)} --webdav-vendor owncloud${access}`;
  return {
    program: "rclone (WebDAV)",
    lines: [{ label: t.command("rclone"), value }],
    ...(isVisitor ? {} : { note: tokenNote }),
  };
}

function s3(facts: OpenFacts, address: string): Way {
  const bucket = `${facts.name.replace("/", ".")}${facts.at ? `.at.${facts.at}` : ""}`;
  const url = shellWord(address.replace(/\/$/, ""));
  return {
    program: "S3",
    lines: [
      { label: t.command("S3"), value: `aws --endpoint-url ${url} s3 sync s3://${bucket} ${shellWord(facts.slug)}` },
      { label: t.s3KeyCommand, value: "hutch token create --s3 --scope read --json > key.json" },
      {
        label: t.s3Environment,
        value:
          'export AWS_ACCESS_KEY_ID="$(jq -r .accessKey key.json)" AWS_SECRET_ACCESS_KEY="$(jq -r .secretKey key.json)"',
      },
    ],
    note: t.firstMakeAKey,
  };
}

function jupyter(facts: OpenFacts, address: string): Way {
  const hub = address.replace(/\/$/, "");
  const repository = new URLSearchParams({ repo: `${facts.server}/git/${facts.name}` });
  const isClone = facts.isPublic && facts.hasGit;
  const href = isClone ? `${hub}/hub/user-redirect/git-pull?${repository}` : `${hub}/hub/user-redirect/lab`;
  return {
    program: "JupyterHub",
    href,
    lines: isClone ? [] : [{ label: t.notebookCode, value: `import hutch; ds = ${opened(facts)}` }],
  };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
