import { Button } from "@mantine/core";
import { Link } from "react-router";
import { EmptyState } from "../components/EmptyState";
import { SearchIcon } from "../components/icons";
import { usePageTitle } from "../components/usePageTitle";
import { shell as t } from "../messages/en";

export function NotFoundPage() {
  usePageTitle(t.pageNotFound);
  return (
    <EmptyState
      icon={<SearchIcon size={26} />}
      title={t.pageNotFound}
      isPage
      action={
        <Button component={Link} to="/" mt="sm">
          {t.goHome}
        </Button>
      }
    >
      {t.checkTheAddressOrStart}
    </EmptyState>
  );
}
