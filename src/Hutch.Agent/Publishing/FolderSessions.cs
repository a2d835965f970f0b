using System.Collections.Concurrent;
using Hutch.Agent.Watching;
using Hutch.Datasets.Facility;
using Hutch.Disk.Folders;

namespace Hutch.Agent.Publishing;

/// <summary>The folders that the agent knows, and the identity that each claims. Thread-safe.</summary>
internal sealed class FolderSessions
{
    private readonly ConcurrentDictionary<string, FolderSession> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _identities = new(StringComparer.Ordinal);

    /// <summary>The visible states of the folders at a moment, by path.</summary>
    public IReadOnlyList<FacilityFolder> StatusesAt(DateTimeOffset now) =>
    [
        .. _sessions.Values.Select(session => session.StatusAt(now)).OrderBy(status => status.Folder, StringComparer.Ordinal),
    ];

    public IEnumerable<FolderSession> Sessions => _sessions.Values;

    /// <summary>The session of a folder, made when it is new.</summary>
    public FolderSession GetOrAdd(FolderScanRequest request) => _sessions.GetOrAdd(request.Folder, _ => new FolderSession(request));

    /// <summary>The session of a folder; null when it is not known.</summary>
    public FolderSession? Find(string folder) => _sessions.GetValueOrDefault(folder);

    /// <summary>Forgets a folder that is no longer there.</summary>
    public void Remove(string folder)
    {
        _sessions.TryRemove(folder, out _);
        _identities.TryRemove(folder, out _);
    }

    /// <summary>Notes which identity a folder claims; null for none.</summary>
    /// <returns>The other folders that are concerned: those with the identity it had, and with the one it has.</returns>
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

    /// <summary>Another folder that is there and claims this identity; null for none.</summary>
    public string? DuplicateOf(string folder, string identity) => _identities
        .Where(one => one.Key != folder && one.Value == identity && SmallFile.FolderExists(one.Key))
        .Select(one => one.Key).Order(StringComparer.Ordinal).FirstOrDefault();
}
