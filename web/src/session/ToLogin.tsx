import { Navigate } from "react-router";
import { useLoginAddress } from "./useLoginAddress";

/** Goes to the login, and back to this page afterwards. */
export function ToLogin() {
  return <Navigate to={useLoginAddress()} replace />;
}
