using System.Runtime.CompilerServices;
using Hutch.DataLad.Packs;
using Hutch.DataLad.Store;
using Hutch.Model.Records;

namespace Hutch.DataLad.Keys;

/// <summary>
/// Finds the digests that anything in a dataset mentions, and so the keys that may be named. It finds too many rather than too few, since
/// keys that are not found expire. Results are cached for a while, as neither a pack nor a version ever changes.
/// </summary>
internal sealed class NamedKeys(PermanentVersionService versions, RepositoryStore stored, PackGate gate, int days) : IKeyNames
{
    private const int MaxDigests = 4_000_000;
    private const int MaxKept = 100_000;
    private const long MaxKeptBytes = 64 << 20;

    private readonly LruCache<(BlobHash From, BlobHash To), DigestSet> _read = new(MaxKept, MaxKeptBytes, static set => set.Bytes);

    public int Days => days;

    public async Task<IReadOnlyList<StoredKey>> FindUnnamedAsync(SiteDataset dataset, IReadOnlyList<StoredKey> keys, CancellationToken ct)
    {
        IReadOnlyList<StoredKey> unnamed = keys;
        await foreach (DigestSet digests in ListAsync(dataset, ct))
        {
            unnamed = Without(unnamed, digests);
            if (unnamed.Count == 0)
            {
                break;
            }
        }

        return unnamed;
    }

    /// <summary>Looks through everything that git brought, and then through all snapshots and the head, part by part.</summary>
    private async IAsyncEnumerable<DigestSet> ListAsync(SiteDataset dataset, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (PackFiles pack in await stored.ListPacksAsync(dataset, ct))
        {
            yield return await FindAsync((pack.Pack.Hash, pack.Index.Hash), () => ReadAsync(dataset, pack, ct), ct);
        }

        TreeRoot before = TreeRoot.Empty;
        IReadOnlyList<SiteSnapshot> snapshots = await versions.ListSnapshotsAsync(dataset, ct);
        foreach (TreeRoot root in snapshots.Select(static snapshot => snapshot.Root).Append(dataset.Root))
        {
            TreeRoot from = before;
            yield return await FindAsync((from.Page, root.Page), () => ReadAsync(dataset, from, root, ct), ct);
            before = root;
        }
    }

    /// <summary>Keys that have the same content, as git-lfs and git-annex call it, stay together.</summary>
    private static IReadOnlyList<StoredKey> Without(IReadOnlyList<StoredKey> keys, DigestSet named)
    {
        HashSet<BlobHash> needed = [.. keys.Where(key => MayName(named, key)).Select(static key => key.Hash)];
        return [.. keys.Where(key => !needed.Contains(key.Hash))];
    }

    private static bool MayName(DigestSet named, StoredKey key) =>
        named.MayHave(key.Hash.ToString()) || named.MayHave(KeyName.Parse(key.Name)?.Digest ?? "");

    private async Task<DigestSet> FindAsync((BlobHash From, BlobHash To) key, Func<Task<DigestSet>> read, CancellationToken ct)
    {
        if (_read.TryFind(key, out DigestSet? set))
        {
            return set;
        }

        using (await gate.EnterAsync(ct))
        {
            if (!_read.TryFind(key, out set))
            {
                set = await read();
                _read.Set(key, set);
            }
        }

        return set;
    }

    /// <summary>
    /// All objects of a pack, trees for the names of files among them. No ref that git brought ever goes back or away, so that every object
    /// belongs to a commit or a branch.
    /// </summary>
    private async Task<DigestSet> ReadAsync(SiteDataset dataset, PackFiles pack, CancellationToken ct)
    {
        var scan = new DigestScan(MaxDigests);
        using ObjectStore store = await stored.OpenAsync(dataset.Id, [pack], ct);
        foreach (byte[] content in store.Contents())
        {
            ct.ThrowIfCancellationRequested();
            scan.Add(content);
        }

        return scan.ToSet();
    }

    /// <summary>Names, links, and files that are small enough to be pointers, from whichever door they came.</summary>
    private async Task<DigestSet> ReadAsync(SiteDataset dataset, TreeRoot from, TreeRoot to, CancellationToken ct)
    {
        var scan = new DigestScan(MaxDigests);
        await foreach (TreeDifference change in versions.DiffAsync(from, to, ct))
        {
            scan.Add(Encoding.UTF8.GetBytes(change.Path.Value));
            if (change.After is { Kind: EntryKind.SymbolicLink } link)
            {
                scan.Add(Encoding.UTF8.GetBytes(link.Target!));
            }
            else if (change.After is { Kind: EntryKind.File, Size: <= KeyName.MaxPointerBytes } file)
            {
                scan.Add(await versions.ReadAsync(dataset.Id, file.Hash, KeyName.MaxPointerBytes, ct));
            }
        }

        return scan.ToSet();
    }
}
