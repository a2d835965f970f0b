using System.Collections.Concurrent;
using Hutch.Agent.Watching;

namespace Hutch.Agent.Publishing;

/// <summary>The folders that the agent knows, and the identity that each claims. Thread-safe.</summary>
internal sealed class FolderSessions
{
    private readonly ConcurrentDictionary<string, FolderSession> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _identities = new(StringComparer.Ordinal);

    public IReadOnlyList<FacilityFolder> StatusesAt(DateTimeOffset now) =>
    [
        .. _sessions.Values.Select(session => session.StatusAt(now)).OrderBy(status => status.Folder, StringComparer.Ordinal),
    ];

    public IEnumerable<FolderSession> Sessions => _sessions.Values;

    public FolderSession GetOrAdd(FolderScanRequest request) => _sessions.GetOrAdd(request.Folder, _ => new FolderSession(request));

    /// <summary>The session of a folder; null when it is not known.</summary>
    public FolderSession? Find(string folder) => _sessions.GetValueOrDefault(folder);

    public void Remove(string folder)
    {
        _sessions.TryRemove(folder, out _);
        _identities.TryRemove(folder, out _);
    }

    public IReadOnlyList<string> Claim(string folder, string? identity)
    {
        string? before = _identities.GetValueOrDefault(folder);
        if (before == identity)
        {
            return [];
        }

        if (identity is null)
        {
            _identities.TryRemove(folder, out _);
        }
        else
        {
            _identities[folder] = identity;
        }

        return [.. _identities.Where(one => one.Key != folder && (one.Value == before || one.Value == identity)).Select(one => one.Key)];
    }

    public string? DuplicateOf(string folder, string identity) => _identities
        .Where(one => one.Key != folder && one.Value == identity && SmallFile.FolderExists(one.Key))
        .Select(one => one.Key).Order(StringComparer.Ordinal).FirstOrDefault();
}
