import { Alert, Anchor, Button, Group, List, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMemo } from "react";
import { Link, useOutletContext } from "react-router";
import { encodePath } from "../api/base";
import { EmptyState } from "../components/EmptyState";
import { MicroscopeIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { MoreButton } from "../components/MoreButton";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { useListState } from "../components/useListState";
import type { Dataset, DatasetContext } from "../dataset/context";
import { microscope as t } from "../messages/en";
import { formatCount } from "../text/format";
import { Thumbnail } from "../thumbnails/Thumbnail";
import MovieCurve from "./MovieCurve";
import { MovieTable } from "./MovieTable";
import classes from "./microscope.module.css";
import { type Movie, nameOf, onPicture, onStage, type Place, type Session } from "./numbers";
import { PlaceMap } from "./PlaceMap";
import { TiltStrip } from "./TiltStrip";
import { type Choice, useMovies, usePlaces, useSessionInfo } from "./useMicroscope";

const newestSide = 320;
const mostMaps = 3;
const nothing: Choice & { [key: string]: string } = { square: "", place: "", series: "", part: "" };

/** A session at a microscope: its map, tilt series and exposures. */
export default function MicroscopeTab() {
  const { dataset } = useOutletContext<DatasetContext>();
  const query = useSessionInfo(dataset);
  if (query.isPending) return <Loading label={t.readingTheSession} />;
  if (!query.data)
    return <ProblemAlert error={query.error} title={t.couldNotReadTheSession} onRetry={() => query.refetch()} />;
  const { counts, remarks } = query.data;
  const isEmpty = counts.squares + counts.items + counts.exposures === 0 && query.data.sessions.length === 0;
  return isEmpty && remarks.length === 0 ? (
    <EmptyState icon={<MicroscopeIcon size={26} />} title={t.noSession}>
      {t.noSessionHint}
    </EmptyState>
  ) : (
    <SessionView dataset={dataset} session={query.data} />
  );
}

function SessionView({ dataset, session }: { dataset: Dataset; session: Session }) {
  const [choice, setChoice] = useListState(nothing);
  const list = useMovies(dataset, choice);
  // The curve is drawn again when these change.
  const movies = useMemo(() => list.data?.pages.flatMap((page) => page.items ?? []) ?? [], [list.data]);
  const addressOf = (path: string) => `/datasets/${dataset.id}/files/${encodePath(path)}`;
  const isChosen = choice.square !== "" || choice.place !== "" || choice.series !== "" || choice.part !== "";
  return (
    <Stack gap="md">
      <Facts session={session} />
      <Remarks session={session} addressOf={addressOf} />
      <div className={classes.maps}>
        <Maps dataset={dataset} session={session} choice={choice} onChoose={setChoice} />
        <Newest dataset={dataset.id} movies={movies} />
      </div>
      <Group gap="sm" align="end">
        {session.series.length > 0 && (
          <NativeSelect
            size="xs"
            label={t.tiltSeries}
            value={choice.series}
            onChange={(event) => setChoice({ ...nothing, series: event.currentTarget.value })}
            data={[
              { value: "", label: t.all },
              ...session.series.map(({ file, tilts }) => ({
                value: file,
                label: t.seriesWithTilts(nameOf(file), tilts),
              })),
            ]}
          />
        )}
        <TextInput
          size="xs"
          label={t.findMovies}
          value={choice.part}
          onChange={(event) => setChoice({ part: event.currentTarget.value })}
        />
        {isChosen && (
          <Button size="xs" variant="default" onClick={() => setChoice(nothing)}>
            {t.showAll}
          </Button>
        )}
      </Group>
      {choice.series && <TiltStrip dataset={dataset.id} movies={movies} addressOf={addressOf} />}
      <MovieCurve movies={movies} isSeries={choice.series !== ""} />
      <Section title={t.exposures}>
        {list.isError && <ProblemAlert error={list.error} title={t.couldNotReadTheSession} />}
        <MovieTable movies={movies} addressOf={addressOf} />
        <MoreButton list={list} />
      </Section>
    </Stack>
  );
}

function Facts({ session: { sessions, counts } }: { session: Session }) {
  const parts = [
    counts.squares > 0 && t.squares(counts.squares),
    counts.holes > 0 && t.holes(counts.holes),
    counts.items > 0 && t.items(counts.items),
    counts.series > 0 && t.series(counts.series),
    t.exposuresWithMovies(formatCount(counts.exposures), formatCount(counts.movies)),
  ].filter((part): part is string => typeof part === "string");
  return (
    <div>
      {sessions.map(({ folder, name, started, movieFormat }) => (
        <Text key={folder} size="sm">
          <Name>{name ?? folder}</Name>
          {started && t.startedAt(started.replace("T", " ").replace("Z", " UTC"))}
          {movieFormat && t.writesMovies(movieFormat)}
        </Text>
      ))}
      <Text size="sm" c="dimmed" data-testid="microscope-counts">
        {parts.join(" · ")}
      </Text>
    </div>
  );
}

function Remarks({ session: { remarks }, addressOf }: { session: Session; addressOf: (path: string) => string }) {
  if (remarks.length === 0) return null;
  return (
    <Alert color="orange" title={t.remarks(remarks.length)} data-testid="microscope-remarks">
      <List size="sm" className={classes.remarks}>
        {remarks.map(({ message, path }, index) => (
          <List.Item key={index}>
            {path && (
              <>
                <Anchor component={Link} to={addressOf(path)} size="sm">
                  <Name wrap>{path}</Name>
                </Anchor>
                {": "}
              </>
            )}
            {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

interface MapsProps {
  dataset: Dataset;
  session: Session;
  choice: Choice;
  onChoose: (choice: Partial<Choice>) => void;
}

/** The squares on their atlas and the holes of the chosen one; or the items of the navigator on the stage. */
function Maps({ dataset, session, choice, onChoose }: MapsProps) {
  const squares = usePlaces(dataset, { kind: "square" }, session.counts.squares > 0).data ?? [];
  const holes = usePlaces(dataset, { kind: "hole", parent: choice.square }, choice.square !== "").data ?? [];
  const items = usePlaces(dataset, { kind: "point" }, session.counts.items > 0).data ?? [];
  const maps = usePlaces(dataset, { kind: "map" }, session.counts.items > 0).data ?? [];
  const square = squares.find(({ id }) => id === choice.square);
  const atlases = session.sessions.flatMap(({ atlas }) => (atlas ? [atlas] : []));
  const charts = atlases.flatMap((atlas) => {
    const on = squares.filter((place) => place.atlas === atlas.file);
    const chart = onPicture(on, atlas);
    return chart ? [{ key: atlas.file, chart }] : [];
  });
  const isDrawn = new Set(charts.flatMap(({ chart }) => chart.points.map(({ place }) => place.id)));
  const others = onStage(squares.filter(({ id }) => !isDrawn.has(id)));
  const ofSquare = square && (onPicture(holes, square) ?? onStage(holes));
  const onItems = onStage(items);
  const chooseSquare = ({ id }: Place) => onChoose({ square: id, place: "", series: "" });
  const choosePlace = ({ id }: Place) => onChoose({ place: id, series: "" });
  return (
    <>
      {charts.map(({ key, chart }) => (
        <PlaceMap
          key={key}
          dataset={dataset.id}
          title={t.squaresOnTheAtlas}
          chart={chart}
          chosen={choice.square}
          onChoose={chooseSquare}
        />
      ))}
      {others && (
        <PlaceMap
          dataset={dataset.id}
          title={t.squaresOfTheGrid}
          chart={others}
          chosen={choice.square}
          onChoose={chooseSquare}
        />
      )}
      {square && ofSquare && (
        <PlaceMap
          dataset={dataset.id}
          title={t.holesOfSquare(square.name)}
          chart={ofSquare}
          chosen={choice.place}
          onChoose={choosePlace}
        />
      )}
      {onItems && (
        <PlaceMap
          dataset={dataset.id}
          title={t.itemsOfTheNavigator}
          chart={onItems}
          chosen={choice.place}
          onChoose={({ id }) => onChoose({ ...nothing, place: id })}
        />
      )}
      {maps.slice(0, mostMaps).map((map) => map.picture && <MapPicture key={map.id} dataset={dataset.id} map={map} />)}
    </>
  );
}

/** A map of the navigator. Its pixels have no stated positions on the stage, so that no points are drawn on it. */
function MapPicture({ dataset, map }: { dataset: string; map: Place }) {
  return (
    <figure className={classes.map}>
      <Thumbnail dataset={dataset} path={map.picture ?? undefined} size={newestSide}>
        {null}
      </Thumbnail>
      <Text component="figcaption" size="sm" c="dimmed">
        {t.map} <Name>{map.name}</Name>
      </Text>
    </figure>
  );
}

/** The newest exposure of the choice: its picture stays until the next one has loaded. */
function Newest({ dataset, movies }: { dataset: string; movies: readonly Movie[] }) {
  const newest = movies.find(({ picture, movie }) => picture ?? movie);
  const path = newest?.picture ?? newest?.movie;
  if (!path) return null;
  return (
    <figure className={classes.map} data-testid="newest-picture">
      <Thumbnail dataset={dataset} path={path} size={newestSide} isNewest>
        {null}
      </Thumbnail>
      <Text component="figcaption" size="sm" c="dimmed">
        {t.newest} <Name>{nameOf(path)}</Name>
      </Text>
    </figure>
  );
}
