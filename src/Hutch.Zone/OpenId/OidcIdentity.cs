namespace Hutch.Zone.OpenId;

/// <summary>Somebody, as a provider has proved.</summary>
/// <param name="Subject">Who, at the provider, for ever.</param>
/// <param name="Name">The claim that becomes a login name; null for none.</param>
/// <param name="DisplayName">The name for people; null for none.</param>
/// <param name="Email">An address for mail that the provider does not call unverified; null for none.</param>
/// <param name="Values">Groups and roles at the provider.</param>
internal sealed record OidcIdentity(string Subject, string? Name, string? DisplayName, string? Email, IReadOnlyList<string> Values);
