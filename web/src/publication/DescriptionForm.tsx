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
import { publication as t } from "../messages/en";
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
        <Section title={t.whatIt}>
          <Stack gap="sm">
            <TextInput
              label={t.title}
              value={description.title ?? ""}
              onChange={(e) => change({ title: e.currentTarget.value })}
            />
            <Textarea
              label={t.abstract}
              description={t.whatTheDataAreHowThey}
              value={description.abstract ?? ""}
              onChange={(e) => change({ abstract: e.currentTarget.value })}
              autosize
              minRows={4}
              maxRows={16}
            />
            <TagsInput
              label={t.keywords}
              placeholder={t.typeAWordAndPressEnter}
              value={description.keywords ?? []}
              onChange={(keywords) => change({ keywords })}
            />
            <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
              <TextInput
                label={t.publisher}
                placeholder={t.yourFacilityOrInstitute}
                value={description.publisher ?? ""}
                onChange={(e) => change({ publisher: e.currentTarget.value })}
              />
              <Autocomplete
                label={t.licence}
                placeholder={t.ccBy}
                data={licences}
                value={description.license ?? ""}
                error={problems.get("license")}
                onChange={(license) => change({ license })}
                spellCheck={false}
              />
              <TextInput
                label={t.language}
                placeholder="en"
                value={description.language ?? ""}
                error={problems.get("language")}
                onChange={(e) => change({ language: e.currentTarget.value })}
                spellCheck={false}
              />
            </SimpleGrid>
          </Stack>
        </Section>
        <Section title={t.authors}>
          <ListEditor<Author>
            name={t.oneAuthor}
            items={description.authors ?? []}
            empty={{ affiliations: [{}] }}
            onChange={(authors) => change({ authors })}
          >
            {(author, changeAuthor, index) => (
              <AuthorFields author={author} field={`authors[${index}]`} problems={problems} onChange={changeAuthor} />
            )}
          </ListEditor>
        </Section>
        <Section title={t.relatedWorks}>
          <ListEditor<Related>
            name={t.oneWork}
            items={description.related ?? []}
            empty={{ relation: "IsSupplementTo" }}
            onChange={(related) => change({ related })}
          >
            {(work, changeWork, index) => (
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
                <Select
                  label={t.thisDataset}
                  data={relationChoices(work.relation)}
                  value={work.relation ?? null}
                  allowDeselect={false}
                  onChange={(relation) => changeWork({ relation: relation ?? undefined })}
                />
                <TextInput
                  label={t.doiOrAddress}
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
        <Section title={t.funding}>
          <ListEditor<Funding>
            name={t.oneGrant}
            items={description.funding ?? []}
            empty={{}}
            onChange={(funding) => change({ funding })}
          >
            {(grant, changeGrant, index) => (
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
                <TextInput
                  label={t.funder}
                  value={grant.funder ?? ""}
                  onChange={(e) => changeGrant({ funder: e.currentTarget.value })}
                />
                <TextInput
                  label={t.rorIdOfTheFunder}
                  value={grant.ror ?? ""}
                  error={problems.get(`funding[${index}].ror`)}
                  onChange={(e) => changeGrant({ ror: e.currentTarget.value })}
                  spellCheck={false}
                />
                <TextInput
                  label={t.numberOfTheGrant}
                  value={grant.award ?? ""}
                  onChange={(e) => changeGrant({ award: e.currentTarget.value })}
                />
                <TextInput
                  label={t.titleOfTheGrant}
                  value={grant.title ?? ""}
                  onChange={(e) => changeGrant({ title: e.currentTarget.value })}
                />
              </SimpleGrid>
            )}
          </ListEditor>
        </Section>
        <ProblemAlert error={work.error} title={t.couldNotSaveTheDescription} />
        <Group justify="flex-end">
          {isChanged ? (
            <Unsaved onDiscard={draft.drop} />
          ) : (
            <Text size="sm" c="dimmed" role="status">
              {isSaved && t.saved}
            </Text>
          )}
          <Button type="submit" loading={work.isBusy} disabled={!isChanged && publication.revision > 0}>
            {publication.state === "published" ? t.saveTheCorrection : t.saveTheDraft}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
