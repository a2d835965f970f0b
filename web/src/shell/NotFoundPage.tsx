import { Button } from "@mantine/core";
import { Link } from "react-router";
import { EmptyState } from "../components/EmptyState";
import { SearchIcon } from "../components/icons";
import { usePageTitle } from "./usePageTitle";

export function NotFoundPage() {
  usePageTitle("Nothing here");
  return (
    <EmptyState
      icon={<SearchIcon size={26} />}
      title="There is nothing here"
      isPage
      action={
        <Button component={Link} to="/" mt="sm">
          To the datasets
        </Button>
      }
    >
      The address is wrong, or what was here is gone.
    </EmptyState>
  );
}
