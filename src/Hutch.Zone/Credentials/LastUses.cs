using System.Collections.Concurrent;

namespace Hutch.Zone.Credentials;

/// <summary>The last uses of tokens and sessions, exact to a minute, until they are stored. Thread-safe.</summary>
internal sealed class LastUses(ZoneDatabase zone, TimeProvider time)
{
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _sessions = new(StringComparer.Ordinal);

    public void Note(KnownCredential entry, CredentialKind kind)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (kind != CredentialKind.Link && entry.TryRecordUse(now, Grain))
        {
            (kind == CredentialKind.Session ? _sessions : _tokens)[entry.Id] = now;
        }
    }

    /// <summary>Returns the last use of a token or session if it is not stored yet; otherwise null.</summary>
    public DateTimeOffset? FindNotWritten(string id) =>
        _tokens.TryGetValue(id, out DateTimeOffset used) || _sessions.TryGetValue(id, out used) ? used : null;

    /// <summary>Stores the last uses of tokens and sessions. Called about every minute and at the end.</summary>
    public async ValueTask FlushAsync(CancellationToken ct)
    {
        KeyValuePair<string, DateTimeOffset>[] tokens = [.. _tokens];
        KeyValuePair<string, DateTimeOffset>[] sessions = [.. _sessions];
        if (tokens.Length == 0 && sessions.Length == 0)
        {
            return;
        }

        await zone.TouchAsync(tokens, sessions, ct);

        // Uses since then stay.
        Array.ForEach(tokens, use => _tokens.TryRemove(use));
        Array.ForEach(sessions, use => _sessions.TryRemove(use));
    }
}
