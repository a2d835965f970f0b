import { Button, Stack } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { components as t } from "../messages/en";
import { ProblemAlert } from "./ProblemAlert";

/** Keeps the shell when a page fails. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Stack maw={640}>
        <ProblemAlert error={this.state.error} title={t.thisPageCrashed} />
        <Button variant="default" onClick={() => window.location.reload()} w="fit-content">
          {t.reloadPage}
        </Button>
      </Stack>
    );
  }
}
