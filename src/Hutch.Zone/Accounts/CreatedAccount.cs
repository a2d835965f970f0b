using Hutch.Model.Zone;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Accounts;

/// <summary>A new account and its first token.</summary>
/// <param name="User">The account.</param>
/// <param name="Token">Its first token, with every scope.</param>
public sealed record CreatedAccount(UserRecord User, IssuedToken Token);
