using System.Diagnostics;
using Hutch.Catalog.Sqlite;

namespace Hutch.Catalog.Postgres;

/// <summary>The source of a database's password, never shown. It is read for each new connection: a change needs no restart.</summary>
[DebuggerDisplay("{Source}")]
public sealed class PostgresPassword
{
    /// <summary>The environment variable that PostgreSQL's own programs also read.</summary>
    public const string Variable = "PGPASSWORD";

    private const int MaxCharacters = 4096;
    private const UnixFileMode NotForOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    private readonly Func<string?> _read;

    private PostgresPassword(string source, Func<string?> read)
    {
        Source = source;
        _read = read;
    }

    public string Source { get; }

    /// <summary>Uses the first line of a file; without a file, the environment variable if it is set.</summary>
    public static PostgresPassword From(string? file) =>
        file is not null
            ? new PostgresPassword($"the file '{file}'", () => ReadFile(file))
            : new PostgresPassword(
                $"the environment variable {Variable}",
                static () => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : null);

    /// <summary>Returns the source, never the password.</summary>
    public override string ToString() => Source;

    /// <exception cref="CatalogException">The file is unreadable, or readable for other users.</exception>
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
