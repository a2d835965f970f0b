import {
  Autocomplete,
  Button,
  Group,
  Select,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { useWork } from "../components/useWork";
import { Unsaved } from "../drafts/Unsaved";
import type { FormDraft } from "../drafts/useDraft";
import { AuthorFields } from "./AuthorFields";
import {
  type Author,
  type Description,
  type Funding,
  licences,
  type Publication,
  problemsOf,
  type Related,
  relationChoices,
} from "./description";
import { ListEditor } from "./ListEditor";

interface DescriptionFormProps {
  publication: Publication;
  draft: FormDraft<PublicationDraft>;
  onSave: (draft: PublicationDraft) => Promise<void>;
}

/** What is written, and the revision of which it was made. */
export interface PublicationDraft {
  description: Description;
  base: number;
}

/** Everything that a publication says. */
export function DescriptionForm({ publication, draft, onSave }: DescriptionFormProps) {
  const { description, base } = draft.value;
  const { isChanged } = draft;
  const [isSaved, setSaved] = useState(false);
  const work = useWork();
  const problems = problemsOf(publication);
  const change = (part: Partial<Description>) => draft.change({ description: { ...description, ...part }, base });
  const save = work.onSubmit(async () => {
    await onSave(draft.value);
    setSaved(true);
  });
  return (
    <form onSubmit={save}>
      <Stack gap="lg">
        <Section title="What it is">
          <Stack gap="sm">
            <TextInput
              label="Title"
              value={description.title ?? ""}
              onChange={(e) => change({ title: e.currentTarget.value })}
            />
            <Textarea
              label="Abstract"
              description="What the data are, how they came about, how to read them"
              value={description.abstract ?? ""}
              onChange={(e) => change({ abstract: e.currentTarget.value })}
              autosize
              minRows={4}
              maxRows={16}
            />
            <TagsInput
              label="Keywords"
              placeholder="Type a word and press Enter"
              value={description.keywords ?? []}
              onChange={(keywords) => change({ keywords })}
            />
            <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
              <TextInput
                label="Publisher"
                placeholder="Your facility or institute"
                value={description.publisher ?? ""}
                onChange={(e) => change({ publisher: e.currentTarget.value })}
              />
              <Autocomplete
                label="Licence"
                placeholder="CC-BY-4.0"
                data={licences}
                value={description.license ?? ""}
                error={problems.get("license")}
                onChange={(license) => change({ license })}
                spellCheck={false}
              />
              <TextInput
                label="Language"
                placeholder="en"
                value={description.language ?? ""}
                error={problems.get("language")}
                onChange={(e) => change({ language: e.currentTarget.value })}
                spellCheck={false}
              />
            </SimpleGrid>
          </Stack>
        </Section>
        <Section title="Authors">
          <ListEditor<Author>
            name="Author"
            items={description.authors ?? []}
            empty={{ affiliations: [{}] }}
            onChange={(authors) => change({ authors })}
          >
            {(author, changeAuthor, index) => (
              <AuthorFields author={author} field={`authors[${index}]`} problems={problems} onChange={changeAuthor} />
            )}
          </ListEditor>
        </Section>
        <Section title="Related works">
          <ListEditor<Related>
            name="Work"
            items={description.related ?? []}
            empty={{ relation: "IsSupplementTo" }}
            onChange={(related) => change({ related })}
          >
            {(work, changeWork, index) => (
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
                <Select
                  label="This dataset"
                  data={relationChoices(work.relation)}
                  value={work.relation ?? null}
                  allowDeselect={false}
                  onChange={(relation) => changeWork({ relation: relation ?? undefined })}
                />
                <TextInput
                  label="DOI or address"
                  placeholder="10.1107/S2059798319011471"
                  value={work.identifier ?? ""}
                  error={problems.get(`related[${index}].identifier`)}
                  onChange={(e) => changeWork({ identifier: e.currentTarget.value })}
                  spellCheck={false}
                />
              </SimpleGrid>
            )}
          </ListEditor>
        </Section>
        <Section title="Funding">
          <ListEditor<Funding>
            name="Grant"
            items={description.funding ?? []}
            empty={{}}
            onChange={(funding) => change({ funding })}
          >
            {(grant, changeGrant, index) => (
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
                <TextInput
                  label="Funder"
                  value={grant.funder ?? ""}
                  onChange={(e) => changeGrant({ funder: e.currentTarget.value })}
                />
                <TextInput
                  label="ROR id of the funder"
                  value={grant.ror ?? ""}
                  error={problems.get(`funding[${index}].ror`)}
                  onChange={(e) => changeGrant({ ror: e.currentTarget.value })}
                  spellCheck={false}
                />
                <TextInput
                  label="Number of the grant"
                  value={grant.award ?? ""}
                  onChange={(e) => changeGrant({ award: e.currentTarget.value })}
                />
                <TextInput
                  label="Title of the grant"
                  value={grant.title ?? ""}
                  onChange={(e) => changeGrant({ title: e.currentTarget.value })}
                />
              </SimpleGrid>
            )}
          </ListEditor>
        </Section>
        <ProblemAlert error={work.error} title="Could not save the description" />
        <Group justify="flex-end">
          {isChanged ? (
            <Unsaved onDiscard={draft.drop} />
          ) : (
            <Text size="sm" c="dimmed" role="status">
              {isSaved && "Saved."}
            </Text>
          )}
          <Button type="submit" loading={work.isBusy} disabled={!isChanged && publication.revision > 0}>
            {publication.state === "published" ? "Save the correction" : "Save the draft"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
