using System.IO.Pipelines;
using Hutch.DataLad.Packs;
using Hutch.Site.Write.Repositories;

namespace Hutch.DataLad.Store;

/// <summary>
/// Reads the stored git repositories of datasets: a tree of files with each head, laid out as a bare repository. Packs are copied to the
/// local disk during use, as their objects are read in no order.
/// </summary>
internal sealed class RepositoryStore(PermanentVersionService versions, PackCache packs, IDisk disk, string folder)
{
    private const int MaxRefsBytes = 64 << 20;
    private const int MaxIndexBytes = 1 << 30;
    private const int MaxKept = 1000;
    private const long MaxKeptBytes = 128 << 20;

    private readonly LruCache<BlobHash, RefTable> _refs = new(MaxKept, long.MaxValue, static _ => 0);
    private readonly LruCache<BlobHash, PackIndex> _indexes = new(MaxKept, MaxKeptBytes, static index => index.Bytes.Length);

    /// <summary>The refs that git brought; null when it brought nothing.</summary>
    public async Task<RefTable?> RefsAsync(SiteDataset dataset, CancellationToken ct) =>
        dataset.Repository is { } root ? await RefsAsync(dataset.Id, root, ct) : null;

    public async Task<RefTable> RefsAsync(DatasetId id, TreeRoot root, CancellationToken ct)
    {
        if (_refs.TryFind(root.Page, out RefTable? known))
        {
            return known;
        }

        byte[] head = await ReadHeadAsync(id, root, ct);
        byte[] packed = await ReadRefsAsync(id, root, ct);
        var refs = RefTable.Parse(head, packed);
        _refs.Set(root.Page, refs);
        return refs;
    }

    public async Task<ObjectStore> OpenAsync(SiteDataset dataset, CancellationToken ct) =>
        await OpenAsync(dataset.Id, await ListPacksAsync(dataset, ct), ct);

    public async Task<ObjectStore> OpenAsync(DatasetId id, IReadOnlyList<PackFiles> chosen, CancellationToken ct)
    {
        var store = new ObjectStore();
        try
        {
            foreach (PackFiles pack in chosen)
            {
                store.Add(await IndexAsync(id, pack, ct), await OpenPackAsync(id, pack, ct));
            }

            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public async Task<IReadOnlyList<PackFiles>> ListPacksAsync(SiteDataset dataset, CancellationToken ct) =>
        dataset.Repository is { } root ? await ListPacksAsync(root, ct) : [];

    public async Task<IReadOnlyList<PackFiles>> ListPacksAsync(TreeRoot root, CancellationToken ct)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        await foreach (PathEntry file in versions.EnumerateAsync(root, ct))
        {
            entries[file.Path.Value] = file.Entry;
        }

        return
        [
            .. entries.Where(static one => one.Key.EndsWith(RepositoryLayout.PackEnd, StringComparison.Ordinal))
                .Select(one => new PackFiles(one.Value, entries[one.Key[..^RepositoryLayout.PackEnd.Length] + RepositoryLayout.IndexEnd])),
        ];
    }

    /// <summary>The file of a repository that names its branch of versions.</summary>
    public Task<byte[]> ReadHeadAsync(DatasetId id, TreeRoot root, CancellationToken ct) =>
        ReadAsync(id, root, RepositoryLayout.HeadFile, ct);

    public Task<byte[]> ReadRefsAsync(DatasetId id, TreeRoot root, CancellationToken ct) =>
        ReadAsync(id, root, RepositoryLayout.RefsFile, ct);

    public Task<byte[]> ReadIndexAsync(DatasetId id, PackFiles pack, CancellationToken ct) =>
        versions.ReadAsync(id, pack.Index.Hash, MaxIndexBytes, ct);

    private async Task<byte[]> ReadAsync(DatasetId id, TreeRoot root, string path, CancellationToken ct)
    {
        Entry? file = await versions.FindFileAsync(root, DatasetPath.Parse(path).Value, ct);
        return file is null ? [] : await versions.ReadAsync(id, file.Hash, MaxRefsBytes, ct);
    }

    private async Task<PackIndex> IndexAsync(DatasetId id, PackFiles pack, CancellationToken ct)
    {
        Entry file = pack.Index;
        if (!_indexes.TryFind(file.Hash, out PackIndex? index))
        {
            index = PackIndex.Parse(await ReadIndexAsync(id, pack, ct));
            _indexes.Set(file.Hash, index);
        }

        return index;
    }

    /// <summary>A pack on the local disk, which the caller releases.</summary>
    public async Task<Pack> OpenPackAsync(DatasetId id, PackFiles files, CancellationToken ct)
    {
        Entry file = files.Pack;
        string key = file.Hash.ToString();
        if (packs.TryLease(key) is { } cached)
        {
            return cached;
        }

        IDiskFile copy = ScratchFile.Open(disk, folder, Guid.NewGuid());
        try
        {
            long length = 0;
            var pipe = PipeWriter.Create(new AppendStream(bytes =>
            {
                copy.Write(bytes, length);
                length += bytes.Length;
            }));
            await versions.CopyAsync(id, file.Hash, pipe, ct);
            await pipe.CompleteAsync();
            var pack = new Pack(copy, length, [], [], 0);
            packs.Set(key, pack);
            return pack;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }
}
