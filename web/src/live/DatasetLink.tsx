import { Anchor } from "@mantine/core";
import { Link } from "react-router";
import { Name } from "../components/Name";

interface DatasetLinkProps {
  /** Its name; missing where the reader may not see it. */
  name: string | undefined;
  to: string;
}

/** A dataset, and where a click on it leads. */
export function DatasetLink({ name, to }: DatasetLinkProps) {
  if (!name) return <>a dataset that you may not see</>;
  return (
    <Anchor component={Link} to={to} inherit>
      <Name>{name}</Name>
    </Anchor>
  );
}
