using Hutch.DataLad.Objects;
using Hutch.DataLad.Packs;

namespace Hutch.DataLad.Store;

/// <summary>The objects of a repository that git brought, in packs on the local disk for as long as this is used. For one thread.</summary>
internal sealed class ObjectStore : IDisposable
{
    private readonly List<OpenPack> _packs = [];

    public IReadOnlyList<OpenPack> Packs => _packs;

    public OpenPack Add(PackIndex index, Pack pack)
    {
        var added = new OpenPack(index, pack, new PackEntries(pack.Read, pack.Length - ObjectId.Size, int.MaxValue));
        _packs.Add(added);
        return added;
    }

    public bool Has(ObjectId id) => _packs.Any(pack => pack.Index.Find(id) >= 0);

    /// <summary>The kind of an object, without reading its content; null for one that is not here.</summary>
    public ObjectKind? KindOf(ObjectId id) => HeadOf(id) is { } head ? (ObjectKind)head.Kind : null;

    /// <summary>The bytes of an object, without reading it; 0 for one that is not here.</summary>
    public long SizeOf(ObjectId id) => HeadOf(id)?.Size ?? 0;

    /// <summary>Reads an object; null for one that is not here.</summary>
    public (ObjectKind Kind, byte[] Content)? Find(ObjectId id)
    {
        foreach (OpenPack pack in _packs)
        {
            if (pack.Index.Find(id) is >= 0 and long offset)
            {
                PackEntry entry = pack.Entries.ReadHead(offset);
                return ((ObjectKind)entry.Kind, pack.Entries.ReadContent(entry, out _));
            }
        }

        return null;
    }

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

    /// <summary>The content of all objects, in the order in which they are stored.</summary>
    public IEnumerable<byte[]> Contents()
    {
        foreach (OpenPack pack in _packs)
        {
            foreach ((_, long offset) in pack.Index.Objects().OrderBy(static one => one.Offset))
            {
                yield return pack.Entries.ReadContent(pack.Entries.ReadHead(offset), out _);
            }
        }
    }

    private PackEntry? HeadOf(ObjectId id)
    {
        foreach (OpenPack pack in _packs)
        {
            if (pack.Index.Find(id) is >= 0 and long offset)
            {
                return pack.Entries.ReadHead(offset);
            }
        }

        return null;
    }

    public void Dispose()
    {
        _packs.ForEach(static pack => pack.Pack.Release());
    }
}
