using System.Diagnostics;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Postgres;

/// <summary>
/// Where the password of a database comes from. It is read again for each new connection, so that a changed one needs no restart, and does
/// not show itself anywhere.
/// </summary>
[DebuggerDisplay("{Source}")]
public sealed class PostgresPassword
{
    /// <summary>The environment variable that PostgreSQL's own programs read, too.</summary>
    public const string Variable = "PGPASSWORD";

    private const int MaxCharacters = 4096;
    private const UnixFileMode NotForOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    private readonly Func<string?> _read;

    private PostgresPassword(string source, Func<string?> read)
    {
        Source = source;
        _read = read;
    }

    /// <summary>Where it comes from, for people.</summary>
    public string Source { get; }

    /// <summary>From a file whose first line it is; without a file from the environment, if it is there.</summary>
    public static PostgresPassword From(string? file) =>
        file is not null
            ? new PostgresPassword($"the file '{file}'", () => ReadFile(file))
            : new PostgresPassword(
                $"the environment variable {Variable}",
                static () => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : null);

    /// <summary>Never the password.</summary>
    public override string ToString() => Source;

    /// <summary>The password as it is now; null for none.</summary>
    /// <exception cref="CatalogException">The file cannot be read, or others may read it, too.</exception>
    public string? Read() => _read();

    private static string ReadFile(string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & NotForOthers) != 0)
            {
                throw new CatalogException(
                    $"The password in '{file}' was not used: others on this machine may read or change that file. Run `chmod 600` on it, "
                    + "and change the password.");
            }

            using StreamReader reader = File.OpenText(file);
            char[] start = new char[MaxCharacters];
            string line = new string(start, 0, reader.ReadBlock(start)).Split('\n')[0].TrimEnd('\r');
            return line.Length > 0 ? line : throw new CatalogException($"The first line of '{file}' is empty: it must be the password.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CatalogException($"The file with the password of the database cannot be read: {e.Message}", e);
        }
    }
}
