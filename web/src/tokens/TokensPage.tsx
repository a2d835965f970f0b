import {
  Badge,
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Table,
  Text,
  TextInput,
  VisuallyHidden,
} from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { serverAddress } from "../api/base";
import { api, done, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { CopyField } from "../components/CopyField";
import { EmptyState } from "../components/EmptyState";
import { EndButton } from "../components/EndButton";
import { KeyIcon, PlusIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { ShownOnce } from "../components/ShownOnce";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { WideTable } from "../components/WideTable";
import { lifeChoices } from "../text/lifetimes";

type Token = Schemas["TokenInfo"];
const scopes: Record<string, string> = {
  read: "Read: list and download",
  write: "Write: files and metadata",
  manage: "Manage: share, close, delete",
  admin: "Admin: what your roles allow",
};

/** Access tokens for the command line and for programs. */
export default function TokensPage() {
  usePageTitle("Tokens");
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["tokens"],
    queryFn: () => must(api.GET("/tokens", { params: { query: { limit: 1000 } } })),
  });
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<Schemas["CreatedToken"]>();
  const [revoking, setRevoking] = useState<Token>();
  const tokens = query.data?.items ?? [];
  const make = (
    <Button leftSection={<PlusIcon size={16} />} onClick={() => setMaking(true)}>
      New token
    </Button>
  );
  return (
    <>
      <PageHeader title="Tokens" actions={tokens.length > 0 && make}>
        Tokens give the command line and your programs access to your account
      </PageHeader>
      <Stack>
        {made && <MadeToken made={made} />}
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title="Could not load your tokens" onRetry={() => query.refetch()} />
        )}
        {query.isSuccess && tokens.length === 0 && (
          <EmptyState icon={<KeyIcon size={26} />} title="No tokens yet" action={make}>
            Create a separate token for the command line and for each program, so that you can revoke them one by one.
          </EmptyState>
        )}
        {tokens.length > 0 && (
          <WideTable label="Tokens" hasActions minWidth={720}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th w={220}>Scopes</Table.Th>
                <Table.Th w={120}>Last used</Table.Th>
                <Table.Th w={120}>Expires</Table.Th>
                <Table.Th w={100}>
                  <VisuallyHidden>Actions</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {tokens.map((token) => (
                <Table.Tr key={token.id}>
                  <Table.Td style={{ maxWidth: 0 }}>
                    <Text size="sm" fw={600} truncate>
                      <Name>{token.name ?? "(no name)"}</Name>
                    </Text>
                    <Text size="xs" c="dimmed" truncate>
                      <Name mono>{token.id}</Name>, created <Time value={token.created} />
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Group gap={4}>
                      {token.scopes?.map((scope) => (
                        <Badge key={scope} size="sm" variant="light" tt="none">
                          {scope}
                        </Badge>
                      ))}
                      {token.accessKey && (
                        <Badge size="sm" variant="outline" tt="none">
                          S3 key
                        </Badge>
                      )}
                      {token.sites && token.sites.length > 0 && (
                        <Badge size="sm" variant="outline" tt="none">
                          opens {token.sites.join(", ")}
                        </Badge>
                      )}
                      {token.dataset && (
                        <Badge size="sm" variant="outline" tt="none">
                          one dataset
                        </Badge>
                      )}
                    </Group>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" c="dimmed">
                      {token.lastUsed ? <Time value={token.lastUsed} /> : "never"}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" c="dimmed">
                      {token.expires ? <Time value={token.expires} /> : "never"}
                    </Text>
                  </Table.Td>
                  <Table.Td ta="right">
                    <EndButton label={`Revoke token ${token.name ?? token.id}`} onClick={() => setRevoking(token)}>
                      Revoke
                    </EndButton>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </WideTable>
        )}
      </Stack>
      {isMaking && (
        <NewToken
          onClose={() => setMaking(false)}
          onMade={async (token) => {
            setMade(token);
            setMaking(false);
            await queries.invalidateQueries({ queryKey: ["tokens"] });
          }}
        />
      )}
      <ConfirmDialog
        title="Revoke this token?"
        action="Revoke token"
        isDangerous
        isOpen={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        onConfirm={async () => {
          if (revoking) await done(api.DELETE("/tokens/{token}", { params: { path: { token: revoking.id } } }));
          setMade(undefined);
          await queries.invalidateQueries({ queryKey: ["tokens"] });
        }}
      >
        <Text size="sm">
          Programs that use <Name>{revoking?.name ?? revoking?.id ?? ""}</Name> lose access at once. You cannot undo
          this.
        </Text>
      </ConfirmDialog>
    </>
  );
}

function MadeToken({ made }: { made: Schemas["CreatedToken"] }) {
  if (made.secretKey)
    return (
      <ShownOnce title="S3 key created. Copy the secret key now: it is not shown again.">
        <CopyField label="Access key" value={made.accessKey ?? ""} />
        <CopyField label="Secret key" value={made.secretKey} />
        {made.sites?.map((site) => (
          <Text key={site.name} size="sm">
            At {site.name}, the region is <Name mono>{site.region}</Name>.
          </Text>
        ))}
      </ShownOnce>
    );
  return (
    <ShownOnce title="Token created. Copy it now: it is not shown again.">
      <CopyField label="Token" value={made.token ?? ""} />
      <Text size="sm">To use it on the command line, run this and paste the token:</Text>
      <CopyField label="Login command" value={`hutch login ${serverAddress}`} />
    </ShownOnce>
  );
}

function NewToken({
  onClose,
  onMade,
}: {
  onClose: () => void;
  onMade: (token: Schemas["CreatedToken"]) => Promise<void>;
}) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>(["read", "write"]);
  const [life, setLife] = useState(String(30 * 86_400));
  const [dataset, setDataset] = useState("");
  const [isS3, setS3] = useState(false);
  const [sites, setSites] = useState("");
  const work = useWork();
  const create = work.onSubmit(async () => {
    const token = await must(
      api.POST("/tokens", {
        body: {
          name: name.trim() || undefined,
          scopes: chosen,
          expiresIn: life === "" ? undefined : Number(life),
          dataset: dataset.trim() || undefined,
          s3: isS3 || undefined,
          sites: isS3 && sites.trim() ? sites.trim().split(/[\s,]+/) : undefined,
        },
      }),
    );
    await onMade(token);
  });
  return (
    <Modal opened onClose={onClose} title="New token" centered closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={create}>
        <Stack>
          <TextInput
            label="Name"
            description="What the token is for"
            placeholder="laptop"
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            data-autofocus
          />
          <Checkbox.Group label="Scopes" value={chosen} onChange={setChosen}>
            <Stack gap={8} mt={6}>
              {Object.entries(scopes).map(([scope, label]) => (
                <Checkbox key={scope} value={scope} label={label} />
              ))}
            </Stack>
          </Checkbox.Group>
          <NativeSelect
            label="Expires after"
            data={[...lifeChoices, { value: "", label: "the longest time the server allows" }]}
            value={life}
            onChange={(e) => setLife(e.currentTarget.value)}
          />
          <TextInput
            label="Dataset"
            description="Name or ID. Leave empty for all datasets you have access to"
            value={dataset}
            onChange={(e) => setDataset(e.currentTarget.value)}
            spellCheck={false}
          />
          <Checkbox
            label="Create an S3 access key (for S3 clients only)"
            checked={isS3}
            onChange={(e) => setS3(e.currentTarget.checked)}
          />
          {isS3 && (
            <TextInput
              label="Sites"
              description="Names of other sites of this zone that the key opens, or all. Each can read what the key may read"
              placeholder="archive compute"
              value={sites}
              onChange={(e) => setSites(e.currentTarget.value)}
              spellCheck={false}
            />
          )}
          <ProblemAlert error={work.error} title="Could not create the token" />
          <Group justify="flex-end">
            <Button type="submit" loading={work.isBusy} disabled={chosen.length === 0}>
              Create token
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
