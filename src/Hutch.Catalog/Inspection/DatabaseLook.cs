using Dapper;
using Hutch.Catalog.Site;
using Hutch.Catalog.Sqlite;
using Hutch.Catalog.Zone;
using Microsoft.Data.Sqlite;

namespace Hutch.Catalog.Inspection;

/// <summary>A look at a database of a server that is stopped: nothing is changed.</summary>
/// <param name="Schema">The number of its last migration; null when it could not be read.</param>
/// <param name="Known">The number of the last one that this program knows.</param>
/// <param name="Damage">What is wrong in it; empty when it is whole.</param>
public sealed record DatabaseLook(int? Schema, int Known, IReadOnlyList<string> Damage)
{
    /// <summary>Looks at <c>zone.db</c>.</summary>
    /// <param name="path">The file.</param>
    /// <remarks>No process may have it open, and it must have no write-ahead log.</remarks>
    public static DatabaseLook AtZone(string path) => At(path, ZoneSchema.ApplicationId, ZoneSchema.Migrations.Count);

    /// <summary>Looks at <c>site.db</c>.</summary>
    /// <param name="path">The file.</param>
    /// <remarks>No process may have it open, and it must have no write-ahead log.</remarks>
    public static DatabaseLook AtSite(string path) => At(path, SiteDatabase.ApplicationId, SiteSchema.Migrations.Count);

    /// <summary>What is wrong with the log that a <c>zone.db</c> was left with; null for nothing.</summary>
    /// <param name="path">The database, which no process may have open.</param>
    public static string? LogOfZone(string path) => LogCheck.Find(path, ZoneSchema.ApplicationId);

    private static DatabaseLook At(string path, int application, int known)
    {
        try
        {
            using SqliteConnection connection = SqliteAddress.Open(path, SqliteOpenMode.ReadOnly, !PageSums.Lacks(path), isImmutable: true);
            using var session = new SqliteSession(connection);
            return connection.ExecuteScalar<long>("PRAGMA application_id") == application
                ? new DatabaseLook(Migrator.CurrentVersion(session), known, SqliteCopy.FindDamage(session))
                : new DatabaseLook(null, known, ["it is a database of something else"]);
        }
        catch (SqliteException e)
        {
            return new DatabaseLook(null, known, [e.Message]);
        }
    }
}
