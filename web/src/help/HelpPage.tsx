import { Anchor, Group, Paper, Stack, useComputedColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, useParams } from "react-router";
import { Loading } from "../components/Loading";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { DocumentFrame } from "../documents/DocumentFrame";
import { renderMarkdown } from "../documents/markdown";
import { help as t } from "../messages/en";
import classes from "./HelpPage.module.css";
import { helpPages, readHelp } from "./pages";

/** The guide of the portal, page by page. */
export default function HelpPage() {
  const name = useParams().page ?? "README";
  const page = helpPages.find((each) => each.name === name);
  const theme = useComputedColorScheme("light");
  const text = useQuery({
    queryKey: ["help", name],
    queryFn: () => readHelp(name),
    staleTime: Number.POSITIVE_INFINITY,
  });
  usePageTitle(t.help);
  if (!page) return <Navigate to="/help" replace />;
  return (
    <>
      <PageHeader title={t.help} />
      <Group align="flex-start" gap="lg">
        <Stack component="nav" gap={6} className={classes.list} aria-label={t.helpPages}>
          {helpPages.map((each) => (
            <Anchor
              key={each.name}
              component={Link}
              to={`/help/${each.name}`}
              size="sm"
              fw={each.name === name ? 650 : undefined}
              aria-current={each.name === name ? "page" : undefined}
            >
              {each.title}
            </Anchor>
          ))}
        </Stack>
        <Paper withBorder radius="md" className={classes.page}>
          {text.isPending && <Loading label={t.loadingTheHelp} />}
          {text.isError && (
            <ProblemAlert error={text.error} title={t.couldNotLoadTheHelp} onRetry={() => text.refetch()} />
          )}
          {text.data && <DocumentFrame title={page.title} body={renderMarkdown(text.data, new Map())} theme={theme} />}
        </Paper>
      </Group>
    </>
  );
}
