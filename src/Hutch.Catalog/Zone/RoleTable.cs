using System.Data.Common;
using Dapper;
using Hutch.Catalog.Sqlite;
using Hutch.Model;

namespace Hutch.Catalog.Zone;

/// <summary>Which roles a user has.</summary>
public sealed class RoleTable : ZoneTable
{
    internal RoleTable(DbConnection connection, TimeProvider time)
        : base(connection, time)
    {
    }

    /// <summary>The roles of a user, in the order of their numbers.</summary>
    public IReadOnlyList<Role> Of(PrincipalId user) =>
        [.. _connection.Query<string>("SELECT role FROM roles WHERE user_id = @user", new { user = user.ToString() }).Select(ZoneText.Role)
            .Order()];

    /// <summary>Gives a user exactly these roles.</summary>
    public void Set(PrincipalId user, IReadOnlyCollection<Role> roles)
    {
        string id = user.ToString();
        IReadOnlyList<Role> before = Of(user);
        foreach (Role gone in before.Except(roles))
        {
            _connection.Execute("DELETE FROM roles WHERE user_id = @id AND role = @role", new { id, role = gone.ToName() });
        }

        foreach (Role added in roles.Except(before))
        {
            _connection.Execute(
                "INSERT INTO roles(user_id, role, since_ms) VALUES (@id, @role, @now)",
                new { id, role = added.ToName(), now = SqlTime.Now(_time) });
        }
    }

    /// <summary>How many accounts that are not disabled have the role.</summary>
    public long CountEnabled(Role role) =>
        _connection.ExecuteScalar<long>(
            "SELECT count(*) FROM roles r JOIN users u ON u.id = r.user_id WHERE r.role = @role AND u.disabled_ms IS NULL",
            new { role = role.ToName() });
}
