using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Zone;

public sealed class RoleTable : ZoneTable
{
    internal RoleTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>Lists the roles of a user that are valid at this site, in the order of their numbers.</summary>
    public IReadOnlyList<Role> ListFor(PrincipalId user)
    {
        IReadOnlyList<AssignedRole> held = ListAssigned(user);
        string? here = held.Any(static role => role.Site is not null)
            ? _connection.QuerySingleOrDefault<string>("SELECT site_id FROM joined_zone")
            : null;
        return [.. held.Where(role => role.Site == null || role.Site == here).Select(static role => role.Role).Distinct().Order()];
    }

    public IReadOnlyList<AssignedRole> ListAssigned(PrincipalId user) =>
        [.. _connection.Query<string>("SELECT role FROM roles WHERE user_id = @user", new { user = user.ToString() }).Select(ZoneText.Role)
            .OrderBy(static held => held.Role).ThenBy(static held => held.Site, StringComparer.Ordinal)];

    /// <summary>Lists the first users with a role, in the order of their ids.</summary>
    public IReadOnlyList<PrincipalId> ListUsersWith(AssignedRole role, int limit) =>
        [.. _connection.Query<string>(
            "SELECT user_id FROM roles WHERE role = @role ORDER BY user_id LIMIT @limit", new { role = role.ToString(), limit })
            .Select(ZoneText.PrincipalId)];

    public void Set(PrincipalId user, IReadOnlyCollection<AssignedRole> roles)
    {
        string id = user.ToString();
        IReadOnlyList<AssignedRole> before = ListAssigned(user);
        foreach (AssignedRole gone in before.Except(roles))
        {
            _connection.Execute("DELETE FROM roles WHERE user_id = @id AND role = @role", new { id, role = gone.ToString() });
        }

        foreach (AssignedRole added in roles.Except(before))
        {
            _connection.Execute(
                "INSERT INTO roles(user_id, role, since_ms) VALUES (@id, @role, @now)",
                new { id, role = added.ToString(), now = SqlTime.Now(_time) });
        }
    }

    /// <summary>Removes every role that is limited to a site.</summary>
    public void DeleteSite(string siteId) =>
        _connection.Execute("DELETE FROM roles WHERE role LIKE @ofSite", new { ofSite = "%@" + siteId });

    public long CountEnabled(Role role) =>
        _connection.ExecuteScalar<long>(
            "SELECT count(*) FROM roles r JOIN users u ON u.id = r.user_id WHERE r.role = @role AND u.disabled_ms IS NULL",
            new { role = role.ToName() });
}
