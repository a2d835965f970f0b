using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Life.Maintenance;

/// <summary>During a collection: members that a commit of any server found stored and relies upon. They are live despite marks.</summary>
/// <remarks>
/// Thread-safe. Members relied upon at other servers come as fingerprints: a key with the same fingerprint is live too, for the same time.
/// </remarks>
public sealed class GcWriteBarrier
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

    public void End() => Switch(false);

    /// <summary>Notes a member, while notes are taken.</summary>
    public void Add(MemberKey key)
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
    public void Add(IEnumerable<ulong> fingerprints)
    {
        lock (_lock)
        {
            if (_isOn)
            {
                _all.UnionWith(fingerprints);
            }
        }
    }

    public void Add(LargeBlob blob)
    {
        Add(MemberKey.Blob(blob.Hash));
        foreach (MemberKey extent in ExtentKeys.From(blob))
        {
            Add(extent);
        }
    }

    public bool Contains(MemberKey key)
    {
        lock (_lock)
        {
            return _all.Contains(key.Fingerprint);
        }
    }

    /// <summary>Returns the members noted after the first <paramref name="count"/>.</summary>
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
