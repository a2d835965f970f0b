import { useAddressState } from "../components/useAddressState";
import { type Address, readAddress, writeAddress } from "./address";

/** What is seen of a series, kept in the address of the page. */
export function useAddress(): [Address, (change: Partial<Address>) => void] {
  return useAddressState(readAddress, writeAddress);
}
