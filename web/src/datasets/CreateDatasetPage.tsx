import { Autocomplete, Button, Group, NumberInput, Paper, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { api, must } from "../api/client";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { useDraft } from "../drafts/useDraft";
import { useSession } from "../session/session";
import { useTypes } from "../types/useTypes";

const slugPattern = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;

/** A slug made from a title. */
function suggestSlug(title: string): string {
  return title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 63)
    .replace(/-+$/, "");
}

/** Creates a dataset, or derives one from another. */
export default function CreateDatasetPage() {
  const { me } = useSession();
  const [search] = useSearchParams();
  const parentId = search.get("from");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const parent = useQuery({
    queryKey: ["dataset", parentId],
    queryFn: () => must(api.GET("/datasets/{id}", { params: { path: { id: parentId ?? "" } } })),
    enabled: parentId !== null,
  });
  usePageTitle(parentId ? "Derive a dataset" : "New dataset");
  const draft = useDraft(`new.${parentId ?? search.get("owner") ?? ""}`, {
    title: "",
    slug: "",
    owner: search.get("owner") ?? me?.user ?? "",
    type: "generic",
    copy: true,
    isTransient: false,
    days: 7 as number | string,
  });
  const { title, slug, owner, type, copy, isTransient, days } = draft.value;
  const types = useTypes();
  const work = useWork();
  const [touched, setTouched] = useState(false);
  const shownSlug = slug || suggestSlug(title);
  const slugError =
    touched && !slugPattern.test(shownSlug)
      ? "Use 3 to 63 lowercase letters, digits and hyphens. Start and end with a letter or digit."
      : undefined;

  const create = async (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (!slugPattern.test(shownSlug)) return;
    await work.run(async () => {
      const made = await must(
        api.POST("/datasets", {
          body: {
            name: `${owner}/${shownSlug}`,
            title: title.trim() || undefined,
            type: type.trim() || undefined,
            parents: parentId ? [{ dataset: parentId }] : undefined,
            copy: parentId ? copy : false,
            following: false,
            transientDays: isTransient ? Number(days) : undefined,
          },
        }),
      );
      await queries.invalidateQueries({ queryKey: ["datasets"] });
      draft.drop();
      navigate(`/datasets/${made.id}`, { replace: true });
    });
  };

  return (
    <>
      <PageHeader title={parentId ? "Derive a dataset" : "New dataset"}>
        {parent.data ? (
          <>
            From <Name>{parent.data.name}</Name>. The new dataset keeps a permanent link to it.
          </>
        ) : (
          "Create an empty dataset, then upload or push files."
        )}
      </PageHeader>
      <Paper withBorder p="lg" maw={620}>
        <form onSubmit={create} noValidate>
          <Stack>
            <ProblemAlert error={work.error} title="Could not create the dataset" />
            <TextInput
              label="Title"
              description="A short description"
              placeholder="Lysozyme, room temperature, crystal 4"
              value={title}
              onChange={(e) => draft.change({ title: e.currentTarget.value })}
              maxLength={500}
            />
            <TextInput
              label="Name"
              description="Used in commands and as the S3 bucket name"
              required
              placeholder="lysozyme-4"
              value={shownSlug}
              onChange={(e) => draft.change({ slug: e.currentTarget.value })}
              onBlur={() => setTouched(shownSlug !== "")}
              error={slugError}
              leftSection={
                <Text size="sm" c="dimmed" truncate maw={140} px={6}>
                  <Name>{`${owner}/`}</Name>
                </Text>
              }
              leftSectionWidth={Math.min(150, 22 + owner.length * 9)}
              autoCapitalize="none"
              spellCheck={false}
            />
            {(me?.groups?.length ?? 0) > 0 && (
              <Select
                label="Owner"
                description="You or one of your groups"
                data={[me?.user ?? "", ...(me?.groups ?? [])]}
                value={owner}
                onChange={(value) => draft.change({ owner: value ?? "" })}
                allowDeselect={false}
              />
            )}
            <Autocomplete
              label="Type"
              description="Choose one or enter your own"
              data={types.data?.map(({ name }) => name) ?? []}
              value={type}
              onChange={(value) => draft.change({ type: value })}
            />
            {parentId && (
              <Switch
                label="Include the parent's files (takes no extra space)"
                checked={copy}
                onChange={(e) => draft.change({ copy: e.currentTarget.checked })}
              />
            )}
            <Switch
              label="Temporary"
              description="The files are deleted automatically. For data you can recreate"
              checked={isTransient}
              onChange={(e) => draft.change({ isTransient: e.currentTarget.checked })}
            />
            {isTransient && (
              <NumberInput
                label="Keep for (days)"
                min={1}
                max={3650}
                allowDecimal={false}
                value={days}
                onChange={(value) => draft.change({ days: value })}
                maw={160}
              />
            )}
            <Group justify="flex-end">
              <Button
                variant="default"
                component={Link}
                to={parentId ? `/datasets/${parentId}` : "/datasets"}
                onClick={draft.drop}
              >
                Cancel
              </Button>
              <Button type="submit" loading={work.isBusy}>
                {parentId ? "Derive dataset" : "Create dataset"}
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
    </>
  );
}
