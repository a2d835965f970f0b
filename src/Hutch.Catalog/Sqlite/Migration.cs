using System.Security.Cryptography;

namespace Hutch.Catalog.Sqlite;

/// <summary>One numbered step from one schema to the next. Once released it never changes: a later one corrects it.</summary>
/// <param name="Number">1, 2, 3, … without gaps.</param>
/// <param name="Sql">The statements, run together in one transaction.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    private const string Prefix = "statements:";

    /// <summary>The SHA-256 of the statements without their comments, which reveals a changed migration.</summary>
    public string Fingerprint => Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(WithoutComments(Sql))));

    /// <summary>Returns true if a database was migrated by this step.</summary>
    internal bool Matches(AppliedMigration applied) =>
        applied.Fingerprint.StartsWith(Prefix, StringComparison.Ordinal)
            ? applied.Fingerprint == Fingerprint
            : applied.Name == Name; // Before 0.1.0, fingerprints covered the comments, too.

    private static string WithoutComments(string sql) =>
        string.Join('\n', sql.Split('\n').Where(static line => !line.AsSpan().TrimStart().StartsWith("--")));
}

internal sealed record AppliedMigration(long Number, string Name, string Fingerprint);
