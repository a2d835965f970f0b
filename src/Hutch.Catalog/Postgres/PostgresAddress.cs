using System.Net;

namespace Hutch.Catalog.Postgres;

/// <summary>
/// The address of a PostgreSQL database: <c>postgres://user@host:port/database?sslmode=…</c>. It never contains a password, so that it is
/// safe on a command line, in a log and in a message.
/// </summary>
public sealed record PostgresAddress
{
    private const int DefaultPort = 5432;
    private const string Example = "postgres://hutch@db.example.org:5432/hutch?sslmode=verify-full";

    private static readonly Dictionary<string, PostgresTls> TlsNames = new(StringComparer.Ordinal)
    {
        ["disable"] = PostgresTls.Disable,
        ["prefer"] = PostgresTls.Prefer,
        ["require"] = PostgresTls.Require,
        ["verify-ca"] = PostgresTls.VerifyCa,
        ["verify-full"] = PostgresTls.VerifyFull,
    };

    private PostgresAddress()
    {
    }

    public required string User { get; init; }

    /// <summary>A name, an IP address, or the folder of a Unix socket.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string Database { get; init; }

    /// <summary>The encryption of the connection. The default is always, but on this machine only if the server supports it.</summary>
    public required PostgresTls Tls { get; init; }

    /// <summary>A file with the trusted certificates; null for those of the system.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>Parses an address. A refusal never repeats the text, since it may contain a password after all.</summary>
    public static Result<PostgresAddress> Parse(string text)
    {
        (string scheme, string rest) = Cut(text, "://");
        if (scheme is not ("postgres" or "postgresql") || rest.Length == 0)
        {
            return Wrong("it must begin with 'postgres://'");
        }

        (string location, string query) = Cut(rest, "?");
        (string authority, string database) = Cut(location, "/");
        int at = authority.LastIndexOf('@');
        string user = at < 0 ? "" : authority[..at];
        if (user.Contains(':', StringComparison.Ordinal))
        {
            return WrongPassword();
        }

        if (user.Length == 0 || database.Length == 0 || database.Contains('/', StringComparison.Ordinal))
        {
            return Wrong("it must name a user and one database");
        }

        return ParseHost(authority[(at + 1)..]).TryGet(out (string Host, int Port) host, out HutchError? refusal)
            ? ParseQuery(query, host.Host).Then<PostgresAddress>(tls => new PostgresAddress
            {
                User = Uri.UnescapeDataString(user),
                Host = host.Host,
                Port = host.Port,
                Database = Uri.UnescapeDataString(database),
                Tls = tls.Mode,
                RootCertificate = tls.RootCertificate,
            })
            : refusal;
    }

    /// <summary>Returns the address, without secrets.</summary>
    public override string ToString()
    {
        string host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Uri.EscapeDataString(Host);
        return string.Create(
            CultureInfo.InvariantCulture, $"postgres://{Uri.EscapeDataString(User)}@{host}:{Port}/{Uri.EscapeDataString(Database)}");
    }

    private static Result<(string Host, int Port)> ParseHost(string text)
    {
        int colon = text.LastIndexOf(':');
        bool hasPort = colon >= 0 && !text.EndsWith(']');
        string host = Uri.UnescapeDataString(hasPort ? text[..colon] : text);
        int port = DefaultPort;
        if (hasPort
            && (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535))
        {
            return Wrong("its port must be a number from 1 to 65535");
        }

        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }

        return host.Length == 0 || host.Contains(',', StringComparison.Ordinal)
            ? Wrong("it must name one host; for several, give them one name or address that moves to the one that writes")
            : (host, port);
    }

    private static Result<(PostgresTls Mode, string? RootCertificate)> ParseQuery(string query, string host)
    {
        PostgresTls mode = IsHere(host) ? PostgresTls.Prefer : PostgresTls.Require;
        string? root = null;
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            (string name, string value) = Cut(pair, "=");
            switch (name)
            {
                case "sslmode" when TlsNames.TryGetValue(value, out PostgresTls named):
                    mode = named;
                    break;
                case "sslmode":
                    return Wrong($"sslmode must be one of {string.Join(", ", TlsNames.Keys)}");
                case "sslrootcert":
                    root = Uri.UnescapeDataString(value);
                    break;
                case "password":
                    return WrongPassword();
                default:
                    return Wrong($"it may say sslmode and sslrootcert, and not {Display.Quote(name)}");
            }
        }

        return (mode, root);
    }

    private static bool IsHere(string host) =>
        host.StartsWith('/') || host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    private static (string Before, string After) Cut(string text, string at)
    {
        int index = text.IndexOf(at, StringComparison.Ordinal);
        return index < 0 ? (text, "") : (text[..index], text[(index + at.Length)..]);
    }

    private static HutchError Wrong(string why) => ErrorCode.BadRequest.With(
        $"The address of the PostgreSQL database is invalid: {why}. An example: {Example}.");

    private static HutchError WrongPassword() => ErrorCode.BadRequest.With(
        "The address of the PostgreSQL database contains a password, and everybody on this machine can read a command line. Write the "
        + $"password into a file that only the server may read, or set {PostgresPassword.Variable}, and change the password, "
        + "which others may have seen.");
}
