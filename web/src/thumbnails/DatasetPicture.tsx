import type { Schemas } from "../api/client";
import { DatasetIcon } from "../components/icons";
import { hasRight } from "../text/rights";
import { Thumbnail } from "./Thumbnail";

/** The picture that stands for a dataset: that of one of its files, or a sign where it has none or may not be read. */
export function DatasetPicture({
  dataset,
  size,
}: {
  dataset: Pick<Schemas["DatasetInfo"], "id" | "state" | "files" | "yourRight">;
  size: number;
}) {
  const isHere = dataset.state === "open" || dataset.state === "closed";
  return isHere && dataset.files > 0 && hasRight(dataset, "read") ? (
    <Thumbnail dataset={dataset.id} size={size}>
      <Sign size={size} />
    </Thumbnail>
  ) : (
    <Sign size={size} />
  );
}

function Sign({ size }: { size: number }) {
  return <DatasetIcon size={Math.min(size, 64)} strokeWidth={1.2} style={{ flex: "none", opacity: 0.4 }} />;
}
