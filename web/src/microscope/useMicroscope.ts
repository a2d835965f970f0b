import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, must } from "../api/client";
import type { Dataset } from "../dataset/context";
import type { Place } from "./numbers";

/** A folder of a session grows: so often it is looked at again while the page is seen. */
const growingMs = 5000;
const mostPlaces = 5000;
const pageSize = 500;

/** What the table of exposures is limited to. */
export interface Choice {
  square: string;
  place: string;
  series: string;
  /** A part of the path of the movie. */
  part: string;
}

const again = (dataset: Dataset) => (dataset.state === "open" ? growingMs : (false as const));

export function useSessionInfo(dataset: Dataset) {
  return useQuery({
    queryKey: ["microscope", dataset.id],
    queryFn: () => must(api.GET("/datasets/{id}/microscope", { params: { path: { id: dataset.id } } })),
    refetchInterval: again(dataset),
  });
}

/** The places below a parent, or of a kind: as many as a map can show. */
export function usePlaces(dataset: Dataset, query: { kind?: string; parent?: string }, isAsked: boolean) {
  return useQuery({
    queryKey: ["microscope-places", dataset.id, query],
    queryFn: async () => {
      const places: Place[] = [];
      let cursor: string | undefined;
      do {
        const page = await must(
          api.GET("/datasets/{id}/microscope/places", {
            params: { path: { id: dataset.id }, query: { ...query, limit: 1000, cursor } },
          }),
        );
        places.push(...(page.items ?? []));
        cursor = page.next ?? undefined;
      } while (cursor && places.length < mostPlaces);
      return places;
    },
    enabled: isAsked,
    refetchInterval: again(dataset),
    placeholderData: keepPreviousData,
  });
}

/** The exposures of a choice, the newest first. */
export function useMovies(dataset: Dataset, choice: Choice) {
  return useInfiniteQuery({
    queryKey: ["microscope-movies", dataset.id, choice],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/datasets/{id}/microscope/movies", {
          params: {
            path: { id: dataset.id },
            query: {
              square: choice.square || undefined,
              place: choice.place || undefined,
              series: choice.series || undefined,
              part: choice.part || undefined,
              newest: true,
              limit: pageSize,
              cursor: pageParam,
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next,
    refetchInterval: again(dataset),
    placeholderData: keepPreviousData,
  });
}
