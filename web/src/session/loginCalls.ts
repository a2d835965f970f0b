import { apiRoot } from "../api/base";
import { type Schemas, sendOk } from "../api/client";

export type LoginMethods = Schemas["LoginMethods"];
type SessionInfo = Schemas["SessionInfo"];

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await sendOk(`${apiRoot}${path}`, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return (response.status === 204 || response.status === 202 ? undefined : await response.json()) as T;
}

export const loginMethods = () => call<LoginMethods>("GET", "/login/methods");
export const loginWithPassword = (user: string, password: string) =>
  call<SessionInfo>("POST", "/login", { user, password });
export const loginWithCode = (code: string) => call<SessionInfo>("POST", "/login/link", { code });
/** A token is not a login: it makes a one-time link, which is used at once. */
export async function loginWithToken(token: string): Promise<SessionInfo> {
  const response = await sendOk(`${apiRoot}/me/login-link`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
  });
  const { url } = (await response.json()) as Schemas["CreatedLoginLink"];
  return loginWithCode(new URLSearchParams(new URL(url, window.location.href).hash.slice(1)).get("code") ?? "");
}
export const loginWithShare = (token: string) => call<SessionInfo>("POST", "/login/share", { token });
export const logout = () => call<void>("POST", "/logout");
export const requestReset = (user: string) => call<void>("POST", "/login/reset", { user });
export const setPassword = (next: string, current?: string) =>
  call<void>("PUT", "/me/password", { current, new: next });
/** Shows the machine that asks with a code; with an answer, approves or refuses its login. */
export const answerDevice = (code: string, approve?: boolean) =>
  call<Schemas["DeviceLoginOriginInfo"]>("POST", "/login/device/answer", { code, approve });
