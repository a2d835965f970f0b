import { Anchor, Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

interface SectionProps {
  title: string;
  /** Where there is more of it. */
  more?: { to: string; label: string };
  children: ReactNode;
}

/** A part of a page, under a heading of its own. No landmark: the table in it is one, with the same name. */
export function Section({ title, more, children }: SectionProps) {
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        {more && (
          <Anchor component={Link} to={more.to} size="sm">
            {more.label}
          </Anchor>
        )}
      </Group>
      {children}
    </section>
  );
}

/** Words in place of a section's content, where there is none. */
export function Quiet({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
