using System.Runtime.InteropServices;
using Hutch.Site.Write.Blobs;

namespace Hutch.Site.Replication.Space;

/// <summary>The stored members that only datasets name which would go, and by which of them.</summary>
internal sealed class LeavingMembers(BlobStore blobs, SiteQueries queries, int limit) : ITreeVisitor
{
    private const int Shared = -1;

    private readonly Dictionary<MemberKey, int> _members = [];
    private readonly List<MemberKey> _added = [];
    private readonly Dictionary<DatasetId, int> _datasets = [];
    private readonly HashSet<BlobHash> _pages = [];
    private bool _isNeeded;
    private bool _isFull;
    private Dictionary<MemberKey, int> _before = [];

    public bool Has(DatasetId dataset) => _datasets.ContainsKey(dataset);

    /// <summary>Begins the next dataset that would go.</summary>
    public void Begin()
    {
        _pages.Clear();
        _added.Clear();
        _before = [];
        _isFull = false;
    }

    /// <summary>Ends it; false if it has too many members, so that it is not measured.</summary>
    public bool End(DatasetId dataset)
    {
        if (!_isFull)
        {
            _datasets.Add(dataset, _datasets.Count);
            return true;
        }

        _added.ForEach(key => _members.Remove(key));
        foreach ((MemberKey key, int owner) in _before)
        {
            _members[key] = owner;
        }

        return false;
    }

    /// <summary>Removes from now on what is visited: other datasets need it.</summary>
    public void BeginNeeded()
    {
        _pages.Clear();
        (_isNeeded, _isFull) = (true, false);
    }

    public bool EnterPage(BlobHash page) => !_isFull && _pages.Add(page);

    public void VisitBlob(BlobHash blob, long size)
    {
        Visit(MemberKey.Blob(blob));
        if (size > BlobOptions.MaxSmallBytes || !blobs.Bytes.TryLocate(MemberKey.Blob(blob), out _))
        {
            foreach (MemberKey extent in queries.LargeBlob(blob) is { } large ? ExtentKeys.From(large) : [])
            {
                Visit(extent);
            }
        }
    }

    public SpaceMeasure Sum(IReadOnlyList<SiteDataset> datasets)
    {
        long[] alone = new long[_datasets.Count];
        long together = 0;
        foreach ((MemberKey key, int owner) in _members)
        {
            long length = blobs.Bytes.TryLocate(key, out MemberLocation location) ? location.Length : 0;
            if (owner == Shared)
            {
                together += length;
            }
            else
            {
                alone[owner] += length;
            }
        }

        return new SpaceMeasure(datasets.ToDictionary(static one => one.Id, one => alone[_datasets[one.Id]]), together);
    }

    private void Visit(MemberKey key)
    {
        if (_isNeeded)
        {
            _members.Remove(key);
            return;
        }

        if (_isFull || !blobs.Bytes.TryLocate(key, out _))
        {
            return;
        }

        ref int owner = ref CollectionsMarshal.GetValueRefOrAddDefault(_members, key, out bool isKnown);
        if (!isKnown)
        {
            owner = _datasets.Count;
            _added.Add(key);
            _isFull = _members.Count > limit;
        }
        else if (owner != _datasets.Count)
        {
            _before.TryAdd(key, owner);
            owner = Shared;
        }
    }
}
