using System.Collections.Concurrent;
using Hutch.Catalog.Site;
using Hutch.Model.Records;
using Hutch.Storage.Segments;

namespace Hutch.Datasets.Maintenance;

/// <summary>While the collector runs: the members that somebody found stored and now relies upon. They live, whatever the marks say.</summary>
public sealed class TouchedMembers
{
    private ConcurrentDictionary<MemberKey, bool>? _touched;

    /// <summary>All that were noted so far.</summary>
    public ICollection<MemberKey> All => Volatile.Read(ref _touched)?.Keys ?? [];

    /// <summary>Starts to take notes.</summary>
    public void Begin() => Volatile.Write(ref _touched, new ConcurrentDictionary<MemberKey, bool>());

    /// <summary>Stops.</summary>
    public void End() => Volatile.Write(ref _touched, null);

    /// <summary>Notes a member, when notes are taken.</summary>
    public void Note(MemberKey key) => Volatile.Read(ref _touched)?.TryAdd(key, true);

    /// <summary>Notes a large blob and its extents.</summary>
    public void Note(LargeBlob blob)
    {
        if (Volatile.Read(ref _touched) is { } touched)
        {
            touched.TryAdd(MemberKey.Blob(blob.Hash), true);
            foreach (Extent extent in blob.Extents)
            {
                touched.TryAdd(MemberKey.Extent(blob.Upload, extent.Offset), true);
            }
        }
    }

    /// <summary>Whether a member was noted.</summary>
    public bool Contains(MemberKey key) => Volatile.Read(ref _touched)?.ContainsKey(key) ?? false;
}
