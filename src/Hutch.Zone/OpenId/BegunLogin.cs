using Hutch.Zone.Credentials;

namespace Hutch.Zone.OpenId;

/// <summary>A login that goes on at a provider.</summary>
/// <param name="Address">Where the browser goes.</param>
/// <param name="Binding">A secret for the browser's cookie: only the browser that began can end it.</param>
/// <param name="EndsAt">When it is forgotten.</param>
public sealed record BegunLogin(Uri Address, IssuedSecret Binding, DateTimeOffset EndsAt);
