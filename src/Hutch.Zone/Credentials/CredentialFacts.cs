using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

/// <summary>What the zone said about a credential at one version.</summary>
/// <param name="Version">The version.</param>
/// <param name="Kind">What it is.</param>
/// <param name="SecretHash">The hash of its secret.</param>
/// <param name="Caller">Whom it stands for; null when it is refused.</param>
/// <param name="Refusal">Why it is refused, whatever the time.</param>
/// <param name="Token">The token, when it is one.</param>
internal sealed record CredentialFacts(
    long Version, CredentialKind Kind, BlobHash SecretHash, Caller? Caller, HutchError? Refusal, TokenRecord? Token = null);
