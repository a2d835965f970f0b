import { Paper, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { EndButton } from "../components/EndButton";
import { Name } from "../components/Name";
import { Time } from "../components/Time";
import { rightWords } from "./rights";

/** A link or an invite that was made. */
export interface Offer {
  id: string;
  /** To whom, where it is known. */
  email?: string | null;
  right: string;
  by?: string | null;
  created: string;
  expires: string;
}

interface OffersProps<T extends Offer> {
  label: string;
  /** What one of them is called. */
  noun: string;
  offers: T[];
  /** What is said of its state before its end. */
  describe?: (offer: T) => ReactNode;
  onWithdraw: (offer: T) => void;
}

/** The links or invites of a dataset or a group, each of which can be withdrawn. */
export function Offers<T extends Offer>({ label, noun, offers, describe, onWithdraw }: OffersProps<T>) {
  if (offers.length === 0) return null;
  return (
    <Paper withBorder>
      <Table aria-label={label}>
        <Table.Tbody>
          {offers.map((offer) => (
            <Table.Tr key={offer.id}>
              <Table.Td style={{ maxWidth: 0 }}>
                {offer.email ? <Name>{offer.email}</Name> : <Name mono>{offer.id}</Name>}
                <Text size="xs" c="dimmed">
                  {rightWords[offer.right] ?? offer.right}
                  {offer.by && (
                    <>
                      , by <Name>{offer.by}</Name>
                    </>
                  )}
                  , <Time value={offer.created} />
                </Text>
              </Table.Td>
              <Table.Td w={{ base: 110, sm: 260 }}>
                <Text size="sm" c="dimmed">
                  {describe?.(offer)}ends <Time value={offer.expires} />
                </Text>
              </Table.Td>
              <Table.Td w={100} ta="right">
                <EndButton label={`Withdraw the ${noun} ${offer.id}`} onClick={() => onWithdraw(offer)}>
                  Withdraw
                </EndButton>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
