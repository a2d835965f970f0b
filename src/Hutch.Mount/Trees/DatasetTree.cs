using Hutch.Mount.Contents;
using Hutch.Mount.Nesting;

namespace Hutch.Mount.Trees;

/// <summary>
/// The names in a version of a dataset, or in its head as it changes, and in the datasets inside. Folders are listed when they are needed.
/// A head is looked at again after a second, and its folders are listed again when it has changed. Thread-safe.
/// </summary>
internal sealed class DatasetTree(
    HutchClient client, MountedDatasets datasets, ServerRetry retry, CacheFolder? cache, TimeProvider time) : IAsyncDisposable
{
    private const long MemoryBytes = 512L * 1024 * 1024;

    /// <summary>Single names that are asked for before the whole folder is listed.</summary>
    private const int MaxSingles = 16;

    /// <summary>The folders whose single names are counted.</summary>
    private const int MaxCounted = 4096;

    private const string ListingKind = "list";

    /// <summary>A folder of a head is not listed again before this many times the time that it took.</summary>
    private const int RestFactor = 4;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly LruCache<string, Dated> _listings = new(int.MaxValue, MemoryBytes, static dated => dated.Listing.SizeBytes);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GrowingListing> _running = [];
    private readonly LruCache<string, int> _singles = new(MaxCounted, long.MaxValue, static _ => 0);
    private Task<long> _look = Task.FromResult(0L);
    private long? _lookedAt;
    private Task _keeping = Task.CompletedTask;

    /// <summary>True for a version, which never changes.</summary>
    internal bool IsFixed => datasets.IsFixed;

    /// <summary>Waits for the listings that are being written to the cache.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            return new(_keeping);
        }
    }

    /// <summary>Lists a folder; returns when its first names are known.</summary>
    /// <param name="folder">Its path; empty for the top.</param>
    internal async Task<GrowingListing> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        long version = await VersionAsync().WaitAsync(cancellationToken);
        if (FindFresh(folder, version) is { } known)
        {
            return new GrowingListing(known);
        }

        GrowingListing listing = Start(folder, version);
        await listing.ReadAsync(0, cancellationToken);
        return listing;
    }

    /// <summary>Finds one name in a folder; null when it is not there.</summary>
    internal async Task<EntryFacts?> FindAsync(string folder, string name, CancellationToken cancellationToken)
    {
        if (datasets.NamesIn(folder).Contains(name))
        {
            return EntryFacts.Folder;
        }

        long version = await VersionAsync().WaitAsync(cancellationToken);
        return FindFresh(folder, version) is { } known ? known.Find(name)
            : IsWorthListing(folder) ? (await Start(folder, version).ReadAllAsync(cancellationToken)).Find(name)
            : await AskAsync(PrefixOf(folder) + name, cancellationToken);
    }

    private static string PrefixOf(string folder) => folder.Length == 0 ? "" : folder + "/";

    private bool IsWorthListing(string folder)
    {
        lock (_gate)
        {
            _singles.TryFind(folder, out int singles);
            _singles.Set(folder, ++singles);
            return singles > MaxSingles;
        }
    }

    private FolderListing? FindFresh(string folder, long version) => _listings.TryFind(folder, out Dated? known)
        && (datasets.Find(folder).IsFixed || known.Version == version || time.GetElapsedTime(known.Since) < known.Took * RestFactor)
        ? known.Listing
        : null;

    private GrowingListing Start(string folder, long version)
    {
        lock (_gate)
        {
            if (!_running.TryGetValue(folder, out GrowingListing? listing))
            {
                listing = new GrowingListing();
                _running.Add(folder, listing);
                _ = ReadAsync(folder, version, listing); // its readers get every failure
            }

            return listing;
        }
    }

    // The first path with a prefix is the path itself, if it is there. As a folder, it has paths below it.
    private async Task<EntryFacts?> AskAsync(string path, CancellationToken cancellationToken)
    {
        MountedLocation place = datasets.Find(path);
        TreeListing exact = await PageAsync(place, place.Path, cancellationToken);
        if (exact.Items is [var entry, ..] && entry.Path == place.Path)
        {
            return EntryFacts.From(entry);
        }

        TreeListing below = await PageAsync(place, place.Path + "/", cancellationToken);
        return below.Items.Count + below.Prefixes.Count > 0 ? EntryFacts.Folder : null;
    }

    private Task<TreeListing> PageAsync(MountedLocation place, string prefix, CancellationToken cancellationToken) => retry.RunAsync(
        ct => client.ListTreeAsync(place.Dataset, place.At, prefix, "/", after: null, limit: 1, ct: ct), cancellationToken);

    /// <summary>The version of the head, looked at once a second at most; 0 for a version.</summary>
    private Task<long> VersionAsync()
    {
        if (IsFixed)
        {
            return Task.FromResult(0L);
        }

        lock (_gate)
        {
            bool isDue = _lookedAt is not { } looked || time.GetElapsedTime(looked) >= LookEvery || _look.IsFaulted;
            if (isDue && _look.IsCompleted)
            {
                _lookedAt = time.GetTimestamp();
                _look = retry.RunAsync(
                    async ct => (await client.GetDatasetAsync(datasets.Outermost, ct)).HeadVersion, CancellationToken.None);
            }

            return _look;
        }
    }

    // Not cancelled with the program that asked first: others wait for it, too.
    private async Task ReadAsync(string folder, long version, GrowingListing growing)
    {
        await Task.Yield();
        try
        {
            long start = time.GetTimestamp();
            FolderListing listing = WithNested(await FetchAsync(datasets.Find(folder), growing), folder);
            _listings.Set(folder, new Dated(listing, version, time.GetTimestamp(), time.GetElapsedTime(start)));
            growing.End(listing);
        }
        catch (Exception e)
        {
            growing.Fail(e);
        }
        finally
        {
            lock (_gate)
            {
                _running.Remove(folder);
            }
        }
    }

    /// <summary>
    /// Adds the folders of nested datasets behind the entries, which readers of the growing listing know by their positions.
    /// </summary>
    private FolderListing WithNested(FolderListing listing, string folder)
    {
        string[] missing = [.. datasets.NamesIn(folder).Where(name => listing.Find(name) is null)];
        if (missing.Length == 0)
        {
            return listing;
        }

        var all = new FolderListing.Builder();
        for (int position = 0; position < listing.Count; position++)
        {
            all.Add(listing.NameOf(position), listing.FactsOf(position));
        }

        Array.ForEach(missing, name => all.Add(name, EntryFacts.Folder));
        return all.Build();
    }

    /// <summary>Gets a listing from the cache of this machine, where a version's stays valid, or from the server.</summary>
    private async Task<FolderListing> FetchAsync(MountedLocation place, GrowingListing growing)
    {
        BlobHash key = BlobHash.Compute(Encoding.UTF8.GetBytes($"{client.Remote}\n{place.Dataset}\n{place.At}\n{place.Path}"));
        if (place.IsFixed && cache?.TryRead(key, ListingKind) is { } stored && FolderListing.TryRead(stored) is { } known)
        {
            return known;
        }

        FolderListing listing = await DownloadAsync(place, growing);
        if (place.IsFixed && cache is not null)
        {
            Keep(cache, key, listing);
        }

        return listing;
    }

    // A million names are 100 MB: their reader does not wait for the disk.
    private void Keep(CacheFolder folder, BlobHash key, FolderListing listing)
    {
        Task stored = Task.Run(() => folder.Add(key, ListingKind, listing.ToBytes()));
        lock (_gate)
        {
            _keeping = Task.WhenAll(_keeping, stored);
        }
    }

    // After a failure, the listing continues behind its last name.
    private async Task<FolderListing> DownloadAsync(MountedLocation place, GrowingListing growing)
    {
        var reader = new ListingReader(PrefixOf(place.Path));
        ServerRetry.Attempt attempt = retry.Begin();
        while (true)
        {
            try
            {
                using LineBlocks lines = await client.OpenTreeLinesAsync(
                    place.Dataset, place.At, reader.Prefix, "/", reader.Last, CancellationToken.None);
                while (await lines.NextAsync(CancellationToken.None) is { IsEmpty: false } block)
                {
                    growing.Grow(reader.Read(block.Span));
                    retry.Progressed(attempt);
                }

                return reader.Build();
            }
            catch (Exception e) when (retry.MayRetry(e, attempt, CancellationToken.None))
            {
                await retry.WaitAsync(attempt, CancellationToken.None);
            }
        }
    }

    /// <param name="Since">The time of the listing.</param>
    /// <param name="Took">Its duration.</param>
    private sealed record Dated(FolderListing Listing, long Version, long Since, TimeSpan Took);
}
