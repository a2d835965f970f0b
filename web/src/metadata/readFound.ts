import { apiRoot, entryUrl } from "../api/base";
import { api, must, sendOk } from "../api/client";
import { ZarrFile } from "../volumes/values/zarr";
import { chooseFile, type Found, foundInArray, foundInNexus, foundInTable, type Quantity } from "./found";

/** So many names at the top are looked at. */
const mostNames = 1000;
/** A first line is expected to end within so many bytes. */
const startBytes = 64 * 1024;

/** Looks into one file at the top of a dataset, by the readers of the server; undefined where it says nothing. */
export async function readFound(id: string, signal: AbortSignal): Promise<Found | null> {
  const query = { delimiter: "/", limit: mostNames };
  const page = await must(api.GET("/datasets/{id}/tree", { signal, params: { path: { id }, query } }));
  const names = (page.items ?? []).filter(({ kind }) => kind === "file").map(({ path }) => path);
  const chosen = chooseFile(names);
  if (!chosen) return null;
  const { file, kind } = chosen;
  if (kind === "table") {
    const response = await sendOk(entryUrl(id, file), { signal, headers: { Range: `bytes=0-${startBytes - 1}` } });
    return foundInTable(file, await response.text());
  }
  const found = kind === "hdf5" ? await inNexus(id, file, signal) : undefined;
  return found ?? (await inArray(id, file, signal)) ?? null;
}

async function inArray(id: string, file: string, signal: AbortSignal): Promise<Found | undefined> {
  const arrays = await new ZarrFile(id, file, undefined).arrays(signal);
  const values = (shape: number[]) => shape.reduce((product, length) => product * length, 1);
  const [largest] = arrays.sort((a, b) => values(b.layout.shape) - values(a.layout.shape));
  return largest && foundInArray(file, largest);
}

async function inNexus(id: string, file: string, signal: AbortSignal): Promise<Found | undefined> {
  const ask = async (what: string, path: string): Promise<unknown> => {
    const query = new URLSearchParams({ file, path });
    try {
      return await (await sendOk(`${apiRoot}/datasets/${id}/hdf5/${what}?${query}`, { signal })).json();
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    }
  };
  const quantity = async (...paths: string[]): Promise<Quantity | undefined> => {
    for (const path of paths) {
      const value = await ask("data", path);
      if (value === undefined) continue;
      const { units } = ((await ask("attr", path)) ?? {}) as { units?: unknown };
      return { value, unit: units };
    }
    return undefined;
  };
  const definition = await ask("data", "/entry/definition");
  if (typeof definition !== "string") return undefined;
  return foundInNexus(file, definition, {
    wavelength: await quantity("/entry/instrument/beam/incident_wavelength", "/entry/sample/beam/incident_wavelength"),
    distance: await quantity("/entry/instrument/detector/distance", "/entry/instrument/detector/detector_distance"),
  });
}
