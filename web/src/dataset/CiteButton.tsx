import { Button, Popover, SegmentedControl, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CopyField } from "../components/CopyField";
import { BookIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { dataset as t } from "../messages/en";
import { type CitationFormat, citationFormats, readCitation } from "./citation";
import type { Dataset } from "./context";
import { doiOf } from "./doi";

/** How to cite a published dataset. */
export function CiteButton({ dataset }: { dataset: Dataset }) {
  return (
    <Popover width={520} position="bottom-end" trapFocus returnFocus shadow="md" withinPortal>
      <Popover.Target>
        <Button variant="default" leftSection={<BookIcon size={16} />}>
          {t.cite}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="calc(100vw - 32px)">
        <Citation dataset={dataset} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Citation({ dataset }: { dataset: Dataset }) {
  const [format, setFormat] = useState<CitationFormat>("citation");
  const chosen = useCitation(dataset, format);
  const csl = useCitation(dataset, "csl");
  const doi = csl.data && doiOf(csl.data);
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t.citeThisDataset}
      </Text>
      <SegmentedControl
        aria-label={t.formatOfTheCitation}
        size="xs"
        data={[...citationFormats]}
        value={format}
        onChange={(value) => setFormat(value as CitationFormat)}
      />
      {chosen.isError ? (
        <ProblemAlert error={chosen.error} title={t.couldNotLoadTheCitation} onRetry={() => chosen.refetch()} />
      ) : chosen.isPending ? (
        <Loading />
      ) : (
        <CopyField label={t.citation} value={chosen.data} isBlock />
      )}
      <CopyField label={doi ? t.doi : t.addressToCite} value={doi ?? dataset.publication ?? ""} />
    </Stack>
  );
}

const useCitation = (dataset: Dataset, format: CitationFormat) =>
  useQuery({
    queryKey: ["citation", dataset.id, format],
    queryFn: () => readCitation(dataset.id, format),
  });
