using System.Collections.Concurrent;
using Hutch.Model;

namespace Hutch.Zone.Authorization;

/// <summary>
/// Who was lately allowed something on which dataset, when the database could be asked: while it is away, these may go on reading what
/// never changes, for a limited time.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RememberedRights(TimeSpan limit, TimeProvider time)
{
    private const int MaxKnown = 100_000;

    /// <summary>So much earlier than necessary a right may be forgotten: not every request has to be noted.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<(string Credential, DatasetId Dataset), long> _allowed = new();

    /// <summary>Whether anything is remembered.</summary>
    public bool IsOn => limit > TimeSpan.Zero;

    /// <summary>The caller was allowed something on the dataset just now.</summary>
    public void Note(Caller caller, DatasetId dataset)
    {
        if (!IsOn || KeyOf(caller, dataset) is not { } key)
        {
            return;
        }

        bool isKnown = _allowed.TryGetValue(key, out long noted);
        if (isKnown && time.GetElapsedTime(noted) < Grain)
        {
            return;
        }

        if (!isKnown && _allowed.Count >= MaxKnown)
        {
            _allowed.Clear();
        }

        _allowed[key] = time.GetTimestamp();
    }

    /// <summary>Whether that is not too long ago.</summary>
    public bool Has(Caller caller, DatasetId dataset) =>
        IsOn && KeyOf(caller, dataset) is { } key && _allowed.TryGetValue(key, out long noted) && time.GetElapsedTime(noted) <= limit;

    /// <summary>Work of the server itself has no credential, and is not remembered.</summary>
    private static (string, DatasetId)? KeyOf(Caller caller, DatasetId dataset) =>
        caller.CredentialId is { } id ? (id, dataset) : caller.Kind == CallerKind.Anonymous ? ("", dataset) : null;
}
