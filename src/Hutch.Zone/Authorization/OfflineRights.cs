using System.Collections.Concurrent;

namespace Hutch.Zone.Authorization;

/// <summary>
/// Remembers the callers that recently had access to a dataset while the database answered. When it does not, they may continue to read
/// immutable data for a limited time.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class OfflineRights(TimeSpan limit, TimeProvider time)
{
    private const int MaxKnown = 100_000;

    /// <summary>The most by which a right may be forgotten too early, so that not every request is noted.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<(string Credential, DatasetId Dataset), long> _allowed = new();

    public bool IsOn => limit > TimeSpan.Zero;

    /// <summary>Notes that the caller has just had access to the dataset.</summary>
    public void Add(Caller caller, DatasetId dataset)
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

    /// <summary>Returns true if the caller had access within the time limit.</summary>
    public bool Has(Caller caller, DatasetId dataset) =>
        IsOn && KeyOf(caller, dataset) is { } key && _allowed.TryGetValue(key, out long noted) && time.GetElapsedTime(noted) <= limit;

    /// <summary>Returns the key of a caller. Calls by the server itself have no credential and are not remembered.</summary>
    private static (string, DatasetId)? KeyOf(Caller caller, DatasetId dataset) =>
        caller.CredentialId is { } id ? (id, dataset) : caller.Kind == CallerKind.Anonymous ? ("", dataset) : null;
}
