import { Anchor, Box, Text } from "@mantine/core";
import { Link } from "react-router";
import { Name } from "../components/Name";
import { FolderState } from "./FolderState";
import { type Folder, splitPath } from "./folders";

/** A folder, the dataset that it is, and what is wrong with it; on a narrow screen also its state, which has no column there. */
export function FolderName({ folder }: { folder: Folder }) {
  const { name, parent } = splitPath(folder.folder);
  return (
    <>
      <Text size="sm" fw={600} component="div">
        <Name>{name}</Name>
      </Text>
      <Box hiddenFrom="sm">
        <FolderState state={folder.state} />
      </Box>
      <Text size="xs" c="dimmed" component="div">
        <Name>{parent}</Name>
      </Text>
      {folder.dataset && (
        <Anchor component={Link} to={`/datasets/${folder.dataset}`} size="sm" display="block">
          <Name>{folder.name ?? folder.dataset}</Name>
        </Anchor>
      )}
      {folder.problem && (
        <Text size="sm" c="light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))" component="div">
          <Name wrap>{folder.problem}</Name>
        </Text>
      )}
      {folder.notices.map((notice) => (
        <Text key={notice} size="xs" component="div">
          <Name wrap>{notice}</Name>
        </Text>
      ))}
    </>
  );
}
