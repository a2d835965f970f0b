using Hutch.Catalog.Site;
using Hutch.Catalog.Sqlite;
using Hutch.Catalog.Zone;

namespace Hutch.Catalog.Inspection;

/// <summary>The result of a check of a stopped server's database. The check changes nothing.</summary>
/// <param name="Schema">The number of its last migration; null when it could not be read.</param>
/// <param name="Known">The number of the last migration that this program knows.</param>
/// <param name="Damage">The damage in it; empty without any.</param>
public sealed record DatabaseInspection(int? Schema, int Known, IReadOnlyList<string> Damage)
{
    /// <remarks>No process may have it open, and it must have no write-ahead log.</remarks>
    public static DatabaseInspection AtZone(string path) => At(path, ZoneSchema.ApplicationId, ZoneSchema.Migrations.Count);

    /// <remarks>No process may have it open, and it must have no write-ahead log.</remarks>
    public static DatabaseInspection AtSite(string path) => At(path, SiteDatabase.ApplicationId, SiteSchema.Migrations.Count);

    /// <summary>Finds damage in the remaining write-ahead log of a <c>zone.db</c>; null for none.</summary>
    /// <param name="path">The database, which no process may have open.</param>
    public static string? LogOfZone(string path) => LogCheck.Find(path, ZoneSchema.ApplicationId);

    /// <summary>Lists the first links of accounts to identities that may rest on a changed name; none of an earlier schema.</summary>
    /// <remarks>No process may have it open, and it must have no write-ahead log.</remarks>
    public static IReadOnlyList<DoubtfulIdentity> ListDoubtfulIdentities(string path, int limit)
    {
        using SqliteConnection connection = SqliteAddress.Open(path, SqliteOpenMode.ReadOnly, !PageSums.Lacks(path), isImmutable: true);
        using var session = new SqliteSession(connection);
        return Migrator.CurrentVersion(session) == ZoneSchema.Migrations.Count
            ? new IdentityTable(connection, TimeProvider.System).ListDoubtful(limit)
            : [];
    }

    private static DatabaseInspection At(string path, int application, int known)
    {
        try
        {
            using SqliteConnection connection = SqliteAddress.Open(path, SqliteOpenMode.ReadOnly, !PageSums.Lacks(path), isImmutable: true);
            using var session = new SqliteSession(connection);
            return connection.ExecuteScalar<long>("PRAGMA application_id") == application
                ? new DatabaseInspection(Migrator.CurrentVersion(session), known, SqliteCopy.FindDamage(session))
                : new DatabaseInspection(null, known, ["it is a database of something else"]);
        }
        catch (SqliteException e)
        {
            return new DatabaseInspection(null, known, [e.Message]);
        }
    }
}
