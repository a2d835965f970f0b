import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, done, must, type Schemas } from "../api/client";
import { EndButton } from "../components/EndButton";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Section } from "../components/Section";
import { useWork } from "../components/useWork";
import { visits as t } from "../messages/en";

const roles = [
  { value: "experimenter", label: t.experimenter },
  { value: "local-contact", label: t.localContact },
  { value: "principal-investigator", label: t.principalInvestigator },
];

/** The people of a visit. The principal investigator adds and removes others. */
export function People({ visit }: { visit: Schemas["VisitInfo"] }) {
  const queries = useQueryClient();
  const work = useWork();
  const [name, setName] = useState("");
  const [role, setRole] = useState("experimenter");
  const change = (act: () => Promise<unknown>) =>
    work.run(async () => {
      await act();
      await queries.invalidateQueries({ queryKey: ["visits"] });
    });
  const path = (user: string) => ({ params: { path: { visit: visit.name, user } } });
  const put = (user: string, as: string) =>
    must(api.PUT("/visits/{visit}/people/{user}", { ...path(user), body: { role: as } }));
  const add = (event: FormEvent) => {
    event.preventDefault();
    void change(async () => {
      await put(name.trim(), role);
      setName("");
    });
  };
  return (
    <Section title={t.people}>
      <Stack gap="xs" maw={760}>
        <ProblemAlert error={work.error} advice={{ "not-found": t.checkTheSpellingOfTheName }} />
        {visit.people.map((person) => (
          <Group key={person.user} justify="space-between" gap="xs">
            <Name>{person.user}</Name>
            <Group gap="sm">
              {visit.manager ? (
                <NativeSelect
                  size="xs"
                  aria-label={t.roleOf(person.user)}
                  value={person.role ?? "experimenter"}
                  onChange={(event) => {
                    const chosen = event.currentTarget.value;
                    void change(() => put(person.user, chosen));
                  }}
                  data={roles}
                />
              ) : (
                <Text size="sm" c="dimmed">
                  {roles.find(({ value }) => value === person.role)?.label}
                </Text>
              )}
              {visit.manager && (
                <EndButton
                  label={t.remove2(person.user)}
                  onClick={() => change(() => done(api.DELETE("/visits/{visit}/people/{user}", path(person.user))))}
                >
                  {t.remove}
                </EndButton>
              )}
            </Group>
          </Group>
        ))}
        {visit.manager && (
          <form onSubmit={add}>
            <Group gap="xs">
              <TextInput
                aria-label={t.addAPerson}
                placeholder="username"
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                flex={1}
                autoCapitalize="none"
                spellCheck={false}
              />
              <NativeSelect
                aria-label={t.roleOfTheNewPerson}
                value={role}
                onChange={(event) => setRole(event.currentTarget.value)}
                data={roles}
              />
              <Button type="submit" variant="default" disabled={name.trim() === ""}>
                {t.add}
              </Button>
            </Group>
          </form>
        )}
      </Stack>
    </Section>
  );
}
