using System.Runtime.CompilerServices;
using Hutch.Catalog.Members;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Disk;
using Hutch.Objects;
using Hutch.Storage;
using Hutch.Storage.Packs;

namespace Hutch.Cluster.Bytes.Collecting;

/// <summary>Reads packs as wholes: all of one is wanted, and each group is checked.</summary>
internal sealed class PackFetch(IObjectStore objects, IDisk disk, string folder)
{
    /// <summary>The groups of a pack that begin at some places, in that order.</summary>
    /// <exception cref="QuarantinedException">It is missing, or damaged.</exception>
    public async IAsyncEnumerable<LogGroup> ReadAsync(
        PackRow pack, IReadOnlyList<(long Row, long Start)> rows, [EnumeratorCancellation] CancellationToken ct)
    {
        using PackFile file = PackFile.Create(disk, folder, "-collected");
        await file.FetchAsync(objects, pack.ObjectName, pack.Length, ct);
        var reader = new PackReader(file.File, pack.Length);
        foreach ((_, long start) in rows)
        {
            yield return reader.ReadGroup(start);
        }
    }
}
