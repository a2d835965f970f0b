import { Alert, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, must } from "../api/client";
import { describeProblem } from "../api/problem";
import { metadata as t } from "../messages/en";
import { plural } from "../text/format";
import { visibleText } from "../text/visible";
import { useType } from "../types/useTypes";
import { AttributeField } from "./AttributeField";
import { hasRoom, mistakeIn, valueAt, withValue } from "./document";

interface MetadataFormProps {
  id: string;
  type: string;
  text: string;
  /** Why the text is no document: then the form waits. */
  mistake: string | undefined;
  onChange: (text: string) => void;
}

/** A field for each attribute of the type, over the text of the document. */
export function MetadataForm({ id, type, text, mistake, onChange }: MetadataFormProps) {
  const known = useType(type);
  const fields = useRef<HTMLDivElement>(null);
  const isThere = known.data !== undefined;
  useEffect(() => {
    if (isThere) fields.current?.querySelector("input")?.focus();
  }, [isThere]);
  const [settled] = useDebouncedValue(text, 300);
  const check = useCheck(id, type, settled);
  if (mistake !== undefined)
    return (
      <Alert color="yellow" title={t.theFormWaitsForTheDocument}>
        <Text size="sm">{t.itsTextIsNoJsonObject}</Text>
      </Alert>
    );
  const problems = check.data?.problems ?? [];
  const missing = problems.filter((problem) => problem.kind === "missing");
  const titleOf = (name: string) => known.data?.attributes?.find((one) => one.name === name)?.title ?? name;
  return (
    <Stack gap="sm" ref={fields}>
      {missing.length > 0 && (
        <Text size="sm" role="status">
          {t.stillMissing(
            plural(missing.length, t.countValues),
            missing.map((problem) => visibleText(titleOf(problem.path))).join(", "),
          )}
        </Text>
      )}
      {check.error && (
        <Text size="sm" c="dimmed">
          {t.notCheckedNow(describeProblem(check.error).message)}
        </Text>
      )}
      {(known.data?.attributes ?? []).map((attribute) => {
        const path = attribute.name.split(".");
        const own = problems.filter(
          (problem) =>
            problem.kind !== "missing" &&
            (problem.path === attribute.name || problem.path.startsWith(`${attribute.name}[`)),
        );
        return (
          <AttributeField
            key={attribute.name}
            attribute={attribute}
            json={valueAt(text, path)}
            hasRoom={hasRoom(text, path)}
            problem={own.length > 0 ? own.map((problem) => sentence(problem.message)).join(" ") : undefined}
            onChange={(json) => onChange(withValue(text, path, json))}
          />
        );
      })}
    </Stack>
  );
}

/** What the server says of a text that is not stored: the same rules as for one that is. */
function useCheck(id: string, type: string, text: string) {
  return useQuery({
    queryKey: ["attributes-of", id, type, text],
    queryFn: ({ signal }) =>
      must(
        api.POST("/datasets/{id}/attributes", {
          params: { path: { id }, query: { type } },
          body: {},
          bodySerializer: () => text,
          signal,
        }),
      ),
    enabled: mistakeIn(text) === undefined,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    retry: false,
  });
}

function sentence(message: string): string {
  const text = visibleText(message);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
