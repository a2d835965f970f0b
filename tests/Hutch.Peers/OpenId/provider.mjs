// A real OpenID provider (npm oidc-provider) on a free port of this machine, for the tests of logging in.
// usage: node provider.mjs REDIRECT_URI     prints its issuer; ends with its standard input
// Whoever comes is logged in as `ada` and agrees at once: there is no page to click through.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [redirect] = process.argv.slice(2);

const key = (type, options, rest) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), use: "sig", ...rest });

const configuration = {
  clients: ["RS256", "ES256"].map((algorithm) => ({
    client_id: `hutch-${algorithm}`,
    client_secret: "a secret with & and +",
    redirect_uris: [redirect],
    grant_types: ["authorization_code"],
    response_types: ["code"],
    token_endpoint_auth_method: "client_secret_basic",
    id_token_signed_response_alg: algorithm,
  })),
  jwks: {
    keys: [
      key("rsa", { modulusLength: 2048 }, { kid: "rsa", alg: "RS256" }),
      key("ec", { namedCurve: "P-256" }, { kid: "ec", alg: "ES256" }),
    ],
  },
  cookies: { keys: [randomBytes(16).toString("hex")] },
  scopes: ["openid", "profile", "email"],
  claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"], email: ["email", "email_verified"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      preferred_username: "Ada@facility.example",
      name: "Ada Lovelace",
      email: "ada@facility.example",
      email_verified: true,
      groups: ["mx-staff"],
    }),
  }),
};

let provider;

async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    return provider.interactionFinished(request, response, { login: { accountId: "ada" } }, { mergeWithLastSubmission: false });
  }
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(" "));
  grant.addOIDCClaims(prompt.details.missingOIDCClaims ?? []);
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

const server = createServer((request, response) =>
  request.url.startsWith("/interaction/")
    ? interact(request, response).catch((error) => response.writeHead(500).end(String(error)))
    : provider.callback()(request, response),
);
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(issuer, configuration);
  console.log(issuer);
});
process.stdin.on("end", () => process.exit(0)).resume();
