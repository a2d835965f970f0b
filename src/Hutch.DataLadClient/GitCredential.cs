namespace Hutch.DataLadClient;

/// <summary>A request of git to its credential helper: lines of <c>name=value</c> up to an empty one.</summary>
/// <param name="Server">The address that git wants a password for; null if the request names none.</param>
/// <param name="Password">The password that git has tried; null for none.</param>
public sealed record GitCredential(string? Server, string? Password)
{
    private const int MaxLines = 100;

    public static async Task<GitCredential> ReadAsync(TextReader input, CancellationToken ct)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < MaxLines && await input.ReadLineAsync(ct) is { Length: > 0 } line; i++)
        {
            if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var end)
            {
                values[line[..end]] = line[(end + 1)..];
            }
        }

        string? server = values.TryGetValue("protocol", out string? protocol) && values.TryGetValue("host", out string? host)
            ? $"{protocol}://{host}"
            : null;
        return new GitCredential(server, values.GetValueOrDefault("password"));
    }
}
