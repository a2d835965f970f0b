import { Text } from "@mantine/core";
import { Link } from "react-router";
import { microscope as t } from "../messages/en";
import { Thumbnail } from "../thumbnails/Thumbnail";
import classes from "./microscope.module.css";
import type { Movie } from "./numbers";

const side = 72;

interface TiltStripProps {
  dataset: string;
  movies: readonly Movie[];
  addressOf: (path: string) => string;
}

/** The tilts of a series from the least angle to the greatest. Those without an angle come last. */
export function TiltStrip({ dataset, movies, addressOf }: TiltStripProps) {
  const byAngle = [...movies].sort(
    (one, other) => (one.tilt ?? Number.POSITIVE_INFINITY) - (other.tilt ?? Number.POSITIVE_INFINITY),
  );
  return (
    <ol className={classes.strip} aria-label={t.tiltsByAngle}>
      {byAngle.map((movie) => (
        <li key={movie.id} className={classes.tilt}>
          {movie.movie ? (
            <Link to={addressOf(movie.movie)} aria-label={t.tiltOf(angleOf(movie))}>
              <Thumbnail dataset={dataset} path={movie.movie} size={side}>
                {null}
              </Thumbnail>
            </Link>
          ) : (
            <span className={classes.missing} style={{ width: side, height: side }}>
              {t.noMovie}
            </span>
          )}
          <Text size="xs">{angleOf(movie)}</Text>
        </li>
      ))}
    </ol>
  );
}

function angleOf({ tilt }: Movie): string {
  return tilt == null ? t.noAngle : `${tilt.toFixed(1)}°`;
}
