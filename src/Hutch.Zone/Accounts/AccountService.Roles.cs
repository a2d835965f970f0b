using Hutch.Catalog.Zone;
using Hutch.Model;

namespace Hutch.Zone.Accounts;

public sealed partial class AccountService
{
    /// <summary>Gives an account exactly these roles and the role user.</summary>
    private static Result<string> SetRoles(ZoneChange change, PrincipalId user, IReadOnlyCollection<AssignedRole> named)
    {
        AssignedRole[] wanted = [.. named.Append(Role.User).Distinct().OrderBy(static held => held.Role)];
        List<AssignedRole> held = [];
        foreach (AssignedRole role in wanted)
        {
            if (role.Site is not { } site)
            {
                held.Add(role);
            }
            else if (change.Sites.FindByName(site) is { } found)
            {
                held.Add(role with { Site = found.Id });
            }
            else
            {
                return ErrorCode.NotFound.With(
                    $"No site called {Display.Quote(site)} has joined this zone: `hutch site list`. The role {role.Role.ToName()} of the "
                    + "zone's own site is written without '@'.");
            }
        }

        change.Roles.Set(user, held);
        return string.Join(", ", wanted);
    }

    private static AssignedRole[] SiteRolesOf(ZoneTables tables, PrincipalId user) =>
    [
        .. tables.Roles.ListAssigned(user).Where(static held => held.Site is not null)
            .Select(held => held with { Site = tables.Sites.Find(held.Site!)?.Name ?? held.Site }),
    ];
}
