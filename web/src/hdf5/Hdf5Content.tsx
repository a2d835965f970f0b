import "@h5web/app/styles.css";
import { App, H5GroveProvider } from "@h5web/app";
import { Paper } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { apiRoot } from "../api/base";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { hdf5 as t } from "../messages/en";
import { keepMended } from "./accessibility";
import { createFetcher, exportUrl } from "./fetcher";
import classes from "./hdf5.module.css";
import { type Entity, largestArray } from "./largest";

interface Props {
  dataset: string;
  /** The version shown; undefined for the latest. */
  at: string | undefined;
  /** The path of the file. */
  path: string;
  /** Changes with the bytes of the file. */
  hash: string | undefined;
}

/** What is in an HDF5 or NeXus file, by H5Web, which asks the server as it would ask h5grove. */
export default function Hdf5Content({ dataset, at, path, hash }: Props) {
  const url = `${window.location.origin}${apiRoot}/datasets/${dataset}/hdf5`;
  const fetcher = useMemo(() => createFetcher(at), [at]);
  const getExportURL = useMemo(() => exportUrl(url, path, at), [url, path, at]);
  // The portal reports a file that does not open, because H5Web does so less clearly.
  const root = useQuery({
    queryKey: ["hdf5", dataset, at, path, hash],
    queryFn: async ({ signal }) => {
      const describe = async (entity: string): Promise<Entity> => {
        const answer = await fetcher(`${url}/meta`, { file: path, path: entity }, { abortSignal: signal });
        return JSON.parse(new TextDecoder().decode(answer));
      };
      const top = await describe("/");
      return { largest: await largestArray(top, describe).catch(() => undefined) };
    },
  });
  const endMending = useRef<(() => void) | undefined>(undefined);
  const viewer = useCallback((element: HTMLElement | null) => {
    endMending.current?.();
    endMending.current = keepMended(element);
  }, []);
  if (root.isPending) return <Loading />;
  if (root.isError) {
    return <ProblemAlert error={root.error} title={t.couldNotLookIntoTheFile} onRetry={() => root.refetch()} />;
  }
  return (
    <Paper ref={viewer} withBorder className={classes.viewer} role="region" aria-label={t.contentOfTheHdfFile}>
      <H5GroveProvider
        url={url}
        filepath={path}
        fetcher={fetcher}
        getExportURL={getExportURL}
        resetKeys={[dataset, at, hash]}
      >
        <App disableDarkMode {...(root.data.largest !== undefined && { initialPath: root.data.largest })} />
      </H5GroveProvider>
    </Paper>
  );
}
