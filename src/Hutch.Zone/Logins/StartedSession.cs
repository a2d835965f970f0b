using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Logins;

/// <summary>A session that has just begun, with its secret, which goes into the cookie and nowhere else.</summary>
/// <param name="Session">The record.</param>
/// <param name="Secret">The secret.</param>
/// <param name="User">Login name; null when it came from a share link.</param>
/// <param name="Dataset">The one dataset it is good for; null for an account's.</param>
/// <param name="MustSetPassword">Whether the account has no password yet, and should get one.</param>
public sealed record StartedSession(SessionRecord Session, IssuedSecret Secret, string? User, DatasetId? Dataset, bool MustSetPassword);
