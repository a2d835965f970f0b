import type { Schemas } from "../api/client";
import { CaptureTable } from "../live/CaptureTable";
import { Problems } from "../live/Problems";
import { RunTable } from "../live/RunTable";

/** What runs and what is wrong. */
export default function Running({ live }: { live: Schemas["LiveInfo"] }) {
  return (
    <>
      {live.problems.length > 0 && <Problems live={live} />}
      {live.runs.length > 0 && <RunTable live={live} />}
      {live.captures.length > 0 && <CaptureTable live={live} />}
    </>
  );
}
