import { api, isCode, must } from "../api/client";
import type { Retention } from "./retention";

/** Says how long the files stay at the facility; null where nobody watches their folder any more, or where they are gone. */
export async function loadRetention(id: string): Promise<Retention | null> {
  try {
    return await must(api.GET("/datasets/{id}/retention", { params: { path: { id } } }));
  } catch (problem) {
    if (isCode(problem, "not-found", "gone")) return null;
    throw problem;
  }
}
