import { Badge } from "@mantine/core";

interface StatusBadgeProps {
  /** The word that the API uses. */
  children: string;
  colours: Record<string, string>;
  /** The colour of a word that is not among them. */
  other?: string;
}

/** The state of something, in the colour that says whether it is good. */
export function StatusBadge({ children, colours, other = "gray" }: StatusBadgeProps) {
  return (
    <Badge variant="light" tt="none" miw="max-content" color={colours[children] ?? other}>
      {children.replaceAll("-", " ")}
    </Badge>
  );
}
