import { Button } from "@mantine/core";
import { Link } from "react-router";
import { EmptyState } from "../components/EmptyState";
import { SearchIcon } from "../components/icons";
import { usePageTitle } from "../components/usePageTitle";

export function NotFoundPage() {
  usePageTitle("Page not found");
  return (
    <EmptyState
      icon={<SearchIcon size={26} />}
      title="Page not found"
      isPage
      action={
        <Button component={Link} to="/" mt="sm">
          Go home
        </Button>
      }
    >
      Check the address, or start from your datasets.
    </EmptyState>
  );
}
