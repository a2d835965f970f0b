import { useQuery } from "@tanstack/react-query";
import { api, isCode, must, type Schemas } from "../api/client";

export type DatasetType = Schemas["TypeInfo"];

// A type is a file of the server that people seldom change.
const staleTime = 60_000;

/** The types that the server knows, without their attributes. */
export function useTypes() {
  return useQuery({
    queryKey: ["types"],
    queryFn: async () => (await must(api.GET("/types"))).items ?? [],
    staleTime,
  });
}

/** A type with its attributes; one that the server does not know is read as it reads it, by those of any dataset. */
export function useType(name: string) {
  return useQuery({ queryKey: ["types", name], queryFn: () => loadType(name), staleTime });
}

/** The labels of the terms of a vocabulary, for a field that suggests them; none without a vocabulary. */
export function useTerms(vocabulary: string | undefined): string[] {
  const { data } = useQuery({
    queryKey: ["vocabularies", vocabulary],
    queryFn: async () =>
      (await must(api.GET("/vocabularies/{name}", { params: { path: { name: vocabulary ?? "" } } }))).items ?? [],
    enabled: vocabulary !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (data ?? []).map((term) => term.label);
}

async function loadType(name: string): Promise<DatasetType> {
  try {
    return await must(api.GET("/types/{name}", { params: { path: { name } } }));
  } catch (problem) {
    if (name !== "generic" && isCode(problem, "not-found")) return loadType("generic");
    throw problem;
  }
}
