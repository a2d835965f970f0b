import { Button, Group, SegmentedControl, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { publication as t } from "../messages/en";
import type { Affiliation, Author } from "./description";

interface AuthorFieldsProps {
  author: Author;
  /** Where it stands in the description. */
  field: string;
  problems: ReadonlyMap<string, string>;
  onChange: (change: Partial<Author>) => void;
}

/** A person or an organisation that made the data. */
export function AuthorFields({ author, field, problems, onChange }: AuthorFieldsProps) {
  const affiliations = author.affiliations ?? [];
  const changeAffiliation = (index: number, change: Partial<Affiliation>) =>
    onChange({ affiliations: affiliations.map((one, at) => (at === index ? { ...one, ...change } : one)) });
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t.kindOfAuthor}
        value={author.isOrganisation ? "organisation" : "person"}
        onChange={(kind) =>
          onChange(
            kind === "organisation"
              ? { isOrganisation: true, given: undefined, orcid: undefined }
              : { isOrganisation: false },
          )
        }
        data={[
          { value: "person", label: t.person },
          { value: "organisation", label: t.organisation },
        ]}
      />
      {author.isOrganisation ? (
        <TextInput
          label={t.name}
          value={author.name ?? ""}
          onChange={(e) => onChange({ name: e.currentTarget.value })}
        />
      ) : (
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="xs">
          <TextInput
            label={t.givenNames}
            value={author.given ?? ""}
            onChange={(e) => onChange({ given: e.currentTarget.value })}
          />
          <TextInput
            label={t.familyName}
            value={author.name ?? ""}
            onChange={(e) => onChange({ name: e.currentTarget.value })}
          />
          <TextInput
            label={t.orcidId}
            placeholder="0000-0002-1825-0097"
            value={author.orcid ?? ""}
            error={problems.get(`${field}.orcid`)}
            onChange={(e) => onChange({ orcid: e.currentTarget.value })}
            spellCheck={false}
          />
        </SimpleGrid>
      )}
      {affiliations.map((one, index) => (
        <Group key={index} gap="xs" align="flex-start" wrap="wrap">
          <TextInput
            label={t.affiliation}
            value={one.name ?? ""}
            onChange={(e) => changeAffiliation(index, { name: e.currentTarget.value })}
            flex={2}
            miw={180}
          />
          <TextInput
            label={t.rorId}
            placeholder="https://ror.org/04t3en479"
            value={one.ror ?? ""}
            error={problems.get(`${field}.affiliations[${index}].ror`)}
            onChange={(e) => changeAffiliation(index, { ror: e.currentTarget.value })}
            flex={1}
            miw={160}
            spellCheck={false}
          />
        </Group>
      ))}
      <div>
        <Button variant="subtle" size="compact-sm" onClick={() => onChange({ affiliations: [...affiliations, {}] })}>
          {t.addAffiliation}
        </Button>
      </div>
    </Stack>
  );
}
