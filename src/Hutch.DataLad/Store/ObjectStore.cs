using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;
using Hutch.Model;

namespace Hutch.DataLad.Store;

/// <summary>The objects of a repository that git brought, in packs on the local disk for as long as this is used. For one thread.</summary>
internal sealed class ObjectStore : IDisposable
{
    private readonly List<(PackIndex Index, Pack Pack, PackEntries Entries)> _packs = [];

    /// <summary>Adds a pack, which was leased for this.</summary>
    public void Add(PackIndex index, Pack pack) =>
        _packs.Add((index, pack, new PackEntries(pack.Read, pack.Length - ObjectId.Size, int.MaxValue)));

    public bool Has(ObjectId id) => _packs.Any(pack => pack.Index.Find(id) >= 0);

    /// <summary>What an object is, without reading it; null for one that is not here.</summary>
    public ObjectKind? KindOf(ObjectId id)
    {
        foreach ((PackIndex index, _, PackEntries entries) in _packs)
        {
            if (index.Find(id) is >= 0 and long offset)
            {
                return (ObjectKind)entries.ReadHead(offset).Kind;
            }
        }

        return null;
    }

    /// <summary>Reads an object; null for one that is not here.</summary>
    public (ObjectKind Kind, byte[] Content)? Find(ObjectId id)
    {
        foreach ((PackIndex index, _, PackEntries entries) in _packs)
        {
            if (index.Find(id) is >= 0 and long offset)
            {
                PackEntry entry = entries.ReadHead(offset);
                return ((ObjectKind)entry.Kind, entries.ReadContent(entry, out _));
            }
        }

        return null;
    }

    /// <summary>Reads an object of a kind.</summary>
    /// <exception cref="HutchException">It is not here, or another kind.</exception>
    public byte[] Read(ObjectId id, ObjectKind kind) => Find(id) switch
    {
        { } found when found.Kind == kind => found.Content,
        null => throw ErrorCode.Unprocessable.With($"The object {id} is not in the repository, though something in it names it.")
            .ToException(),
        _ => throw ErrorCode.Unprocessable.With($"The object {id} is not what is said of it elsewhere in the repository.").ToException(),
    };

    public GitHeaders ReadCommit(ObjectId id) => GitHeaders.OfCommit(Read(id, ObjectKind.Commit));

    public List<GitEntry> ReadTree(ObjectId id) => GitTree.Parse(Read(id, ObjectKind.Tree));

    public void Dispose()
    {
        foreach ((_, Pack pack, _) in _packs)
        {
            pack.Release();
        }
    }
}
