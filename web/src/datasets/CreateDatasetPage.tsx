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
import { datasets as t } from "../messages/en";
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
  usePageTitle(parentId ? t.deriveADataset : t.newDataset);
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
  const slugError = touched && !slugPattern.test(shownSlug) ? t.useToLowercaseLettersDigits : undefined;

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
      <PageHeader title={parentId ? t.deriveADataset : t.newDataset}>
        {parent.data ? (
          <>
            {t.from}
            <Name>{parent.data.name}</Name>
            {t.theNewDatasetKeepsAPermanent}
          </>
        ) : (
          t.createAnEmptyDatasetThenUpload
        )}
      </PageHeader>
      <Paper withBorder p="lg" maw={620}>
        <form onSubmit={create} noValidate>
          <Stack>
            <ProblemAlert error={work.error} title={t.couldNotCreateTheDataset} />
            <TextInput
              label={t.title}
              description={t.aShortDescription}
              placeholder={t.lysozymeRoomTemperatureCrystal}
              value={title}
              onChange={(e) => draft.change({ title: e.currentTarget.value })}
              maxLength={500}
            />
            <TextInput
              label={t.name}
              description={t.usedInCommands}
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
                label={t.owner}
                description={t.youOrOneOfYourGroups}
                data={[me?.user ?? "", ...(me?.groups ?? [])]}
                value={owner}
                onChange={(value) => draft.change({ owner: value ?? "" })}
                allowDeselect={false}
              />
            )}
            <Autocomplete
              label={t.type}
              description={t.chooseOneOrEnterYourOwn}
              data={types.data?.map(({ name }) => name) ?? []}
              value={type}
              onChange={(value) => draft.change({ type: value })}
            />
            {parentId && (
              <Switch
                label={t.includeTheParentsFilesTakes}
                checked={copy}
                onChange={(e) => draft.change({ copy: e.currentTarget.checked })}
              />
            )}
            <Switch
              label={t.temporary}
              description={t.theFilesAreDeletedAutomatically}
              checked={isTransient}
              onChange={(e) => draft.change({ isTransient: e.currentTarget.checked })}
            />
            {isTransient && (
              <NumberInput
                label={t.keepForDays}
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
                {t.cancel}
              </Button>
              <Button type="submit" loading={work.isBusy}>
                {parentId ? t.deriveDataset : t.createDataset}
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
    </>
  );
}
