using Hutch.Zone.Authorization;

namespace Hutch.Zone.Credentials;

/// <param name="Caller">The account behind the key.</param>
/// <param name="SigningKey">The key of that day and region, for chunks of the same request.</param>
public sealed record S3Signer(Caller Caller, ReadOnlyMemory<byte> SigningKey);
