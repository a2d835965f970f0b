using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Accounts;

/// <summary>An account with its roles.</summary>
/// <param name="User">The account.</param>
/// <param name="Roles">Its roles.</param>
public sealed record AccountDetails(UserRecord User, RoleSet Roles)
{
    /// <summary>How many datasets it owns.</summary>
    public long Datasets { get; init; }
}
