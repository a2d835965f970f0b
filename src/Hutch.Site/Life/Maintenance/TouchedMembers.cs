using Hutch.Catalog.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Storage;

namespace Hutch.Site.Life.Maintenance;

/// <summary>
/// While the collector runs: the members that somebody, at this server or another, found stored and now relies upon. They live, whatever
/// the marks say.
/// </summary>
/// <remarks>Thread-safe. What others rely upon comes as fingerprints: a key that shares one lives too, for as long as this lasts.</remarks>
public sealed class TouchedMembers
{
    private readonly Lock _lock = new();
    private readonly List<MemberKey> _inOrder = [];
    private readonly HashSet<ulong> _all = [];
    private bool _isOn;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _inOrder.Count;
            }
        }
    }

    public void Begin() => Switch(true);

    /// <summary>Stops, and forgets them.</summary>
    public void End() => Switch(false);

    /// <summary>Notes a member, when notes are taken.</summary>
    public void Note(MemberKey key)
    {
        lock (_lock)
        {
            if (_isOn && _all.Add(key.Fingerprint))
            {
                _inOrder.Add(key);
            }
        }
    }

    /// <summary>Notes members that another server relies upon, or has added.</summary>
    public void Note(IEnumerable<ulong> fingerprints)
    {
        lock (_lock)
        {
            if (_isOn)
            {
                _all.UnionWith(fingerprints);
            }
        }
    }

    public void Note(LargeBlob blob)
    {
        Note(MemberKey.Blob(blob.Hash));
        foreach (MemberKey extent in ExtentKeys.Of(blob))
        {
            Note(extent);
        }
    }

    public bool Contains(MemberKey key)
    {
        lock (_lock)
        {
            return _all.Contains(key.Fingerprint);
        }
    }

    /// <summary>Those noted after the first <paramref name="count"/>.</summary>
    public IReadOnlyList<MemberKey> Since(int count)
    {
        lock (_lock)
        {
            return _inOrder[count..];
        }
    }

    private void Switch(bool on)
    {
        lock (_lock)
        {
            _isOn = on;
            _all.Clear();
            _inOrder.Clear();
        }
    }
}
