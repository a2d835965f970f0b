import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { Name } from "../components/Name";
import { live as t } from "../messages/en";

interface DatasetLinkProps {
  /** Its name; missing where the reader may not see it. */
  name: string | undefined;
  to: string;
}

/** A dataset, and where a click on it leads. */
export function DatasetLink({ name, to }: DatasetLinkProps) {
  if (!name) return <>{t.aDatasetThatYouMay}</>;
  return (
    <Anchor component={Link} to={to} inherit>
      <Name>{name}</Name>
    </Anchor>
  );
}
