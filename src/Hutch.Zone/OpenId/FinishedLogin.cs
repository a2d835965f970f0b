using Hutch.Zone.Logins;

namespace Hutch.Zone.OpenId;

/// <summary>A login that came back from a provider and is good.</summary>
/// <param name="Session">The session.</param>
/// <param name="ReturnPath">The page of the portal to go on with.</param>
public sealed record FinishedLogin(StartedSession Session, string ReturnPath);
