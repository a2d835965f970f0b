using System.Security.Cryptography;

namespace Hutch.Catalog.Sqlite;

/// <summary>One numbered step from one schema to the next. Once released it never changes: a later one corrects it.</summary>
/// <param name="Number">1, 2, 3, … without gaps.</param>
/// <param name="Sql">The statements, run together in one transaction.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>The SHA-256 of the statements, which reveals a changed migration.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}

internal sealed record AppliedMigration(long Number, string Name, string Fingerprint);
