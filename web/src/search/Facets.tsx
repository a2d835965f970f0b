import { Button, Group, Stack, Text, TextInput, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useId, useMemo, useState } from "react";
import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { search as t } from "../messages/en";
import { formatCount, plural } from "../text/format";
import { useTypes } from "../types/useTypes";
import { asks, between, toggle } from "./line";
import classes from "./Search.module.css";
import { asTree } from "./tree";

type Facet = Schemas["FacetInfo"];

interface FacetsProps {
  facets: readonly Facet[];
  /** The search. */
  line: string;
  onChange: (line: string) => void;
}

/** What there is to choose from among the datasets that are found. */
export function Facets({ facets, line, onChange }: FacetsProps) {
  return (
    <Stack gap="lg" component="section" aria-label={t.filters}>
      {facets.map((facet) => (
        <FacetBox key={facet.name} facet={facet} line={line} onChange={onChange} />
      ))}
    </Stack>
  );
}

function FacetBox({ facet, line, onChange }: { facet: Facet; line: string; onChange: (line: string) => void }) {
  const heading = useId();
  const types = useTypes();
  const values = useMemo(() => {
    const lineages = facet.name === "type" ? (types.data ?? []).map((type) => [type.name, type.lineage] as const) : [];
    return asTree(facet.values, new Map(lineages));
  }, [facet, types.data]);
  return (
    <div role="group" aria-labelledby={heading}>
      <Text id={heading} size="sm" fw={600} mb={4}>
        <Name>{facet.title}</Name>
      </Text>
      {facet.kind === "number" ? (
        <Range key={line} facet={facet} line={line} onChange={onChange} />
      ) : (
        values.map(({ one, depth, label }) => (
          <UnstyledButton
            key={one.value}
            className={classes.value}
            aria-pressed={asks(line, one.query)}
            onClick={() => onChange(toggle(line, one.query))}
            style={depth > 0 ? { paddingInlineStart: `calc(var(--mantine-spacing-xs) + ${depth}em)` } : undefined}
          >
            <Text size="sm" span truncate>
              <Name>{label}</Name>
            </Text>
            <Text size="xs" c="dimmed" span>
              {formatCount(one.datasets)}
              <VisuallyHidden>
                {plural(one.datasets, t.countDatasets).replace(formatCount(one.datasets), "")}
              </VisuallyHidden>
            </Text>
          </UnstyledButton>
        ))
      )}
      {facet.more && (
        <Text size="xs" c="dimmed" pl="xs">
          {t.andMore}
        </Text>
      )}
    </div>
  );
}

function Range({ facet, line, onChange }: { facet: Facet; line: string; onChange: (line: string) => void }) {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const unit = facet.unit ?? "";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(between(line, facet.name, from, to, unit));
      }}
    >
      <Group gap={6} wrap="nowrap" align="center">
        <TextInput
          size="xs"
          aria-label={t.from(facet.title, unit && `, ${unit}`)}
          placeholder={shown(facet.least)}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          aria-label={t.to(facet.title, unit && `, ${unit}`)}
          placeholder={shown(facet.greatest)}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Text size="xs" c="dimmed" miw={20}>
          {unit}
        </Text>
        <Button type="submit" size="xs" variant="default" px="xs" flex="none">
          {t.set}
        </Button>
      </Group>
    </form>
  );
}

function shown(value: number | null | undefined): string {
  return value == null ? "" : String(Number(value.toPrecision(6)));
}
