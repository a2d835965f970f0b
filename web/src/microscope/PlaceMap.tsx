import { Text } from "@mantine/core";
import { microscope as t } from "../messages/en";
import { Thumbnail } from "../thumbnails/Thumbnail";
import classes from "./microscope.module.css";
import type { Chart, Place } from "./numbers";

const side = 320;

interface PlaceMapProps {
  dataset: string;
  title: string;
  chart: Chart;
  /** Id of the chosen place. */
  chosen: string;
  onChoose: (place: Place) => void;
}

/** Places on their picture, or on the stage. A place with exposures is filled; a click chooses it. */
export function PlaceMap({ dataset, title, chart, chosen, onChoose }: PlaceMapProps) {
  const radius = Math.max(chart.width, chart.height) / Math.max(30, 2.6 * Math.sqrt(chart.points.length));
  return (
    <figure className={classes.map}>
      <div className={classes.ground} style={{ width: side, height: side }}>
        {chart.picture && (
          <Thumbnail key={chart.picture} dataset={dataset} path={chart.picture} size={side} isNewest>
            {null}
          </Thumbnail>
        )}
        <svg
          className={classes.points}
          viewBox={`${chart.left} ${chart.top} ${chart.width} ${chart.height}`}
          role="group"
          aria-label={title}
        >
          {chart.points.map(({ place, x, y }) => (
            <circle
              key={place.id}
              cx={x}
              cy={y}
              r={radius}
              role="button"
              tabIndex={0}
              aria-pressed={place.id === chosen}
              aria-label={t.placeWithExposures(place.name, place.exposures)}
              data-exposed={place.exposures > 0 || undefined}
              className={classes.point}
              onClick={() => onChoose(place)}
              onKeyDown={(event) => {
                if (event.key !== "Enter" && event.key !== " ") return;
                event.preventDefault();
                onChoose(place);
              }}
            >
              <title>{t.placeWithExposures(place.name, place.exposures)}</title>
            </circle>
          ))}
        </svg>
      </div>
      <Text component="figcaption" size="sm" c="dimmed">
        {title}
        {chart.picture ? "" : t.onTheStage}
      </Text>
    </figure>
  );
}
