using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Hutch.Catalog.Site;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Testing.Disks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Site.Tests.Crashes;

/// <summary>A site whose segments are on a simulated disk and whose <c>site.db</c> is in a real folder of its own.</summary>
internal sealed class SimulatedSite : IAsyncDisposable
{
    /// <summary>Where the data folder is on every simulated disk.</summary>
    public const string DiskFolder = "/data";

    public const string SegmentsFolder = DiskFolder + "/segments";

    private SimulatedSite(SiteServices site, string folder)
    {
        Site = site;
        Folder = folder;
    }

    public SiteServices Site { get; }

    /// <summary>Where <c>site.db</c> is.</summary>
    public string Folder { get; }

    /// <summary>Sizes so small that rolling, sealing and compaction happen within some dozen operations.</summary>
    public static SiteOptions Options(int seed, long reserveBytes = 0, long maxTemporaryBytes = 0)
    {
        Func<Guid> newId = Ids(seed);
        return new SiteOptions
        {
            NewId = newId,
            Clock = new ClockOptions { SettleMinutes = 0 },
            Lifecycle = new LifecycleOptions { MaxTemporaryBytes = maxTemporaryBytes },
            Blobs = new BlobOptions { ExtentBytes = 512 << 10, PageCacheBytes = 1 << 20 },
            Segments = new SegmentOptions
            {
                SegmentBytes = 96 << 10,
                ZeroAheadBytes = 8 << 10,
                ReserveAheadBytes = 16 << 10,
                SmallGroupBytes = 8 << 10,
                ReserveBytes = reserveBytes,
                UseWriterThreads = false,
                NewId = newId,
            },
        };
    }

    public static Func<Guid> Ids(int seed)
    {
        var random = new Random(seed);
        return () =>
        {
            var bytes = new byte[16];
            lock (random)
            {
                random.NextBytes(bytes);
            }

            return new Guid(bytes);
        };
    }

    public static async Task<SimulatedSite> OpenAsync(FaultyDisk disk, string folder, SiteOptions options, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        disk.CreateFolder(DiskFolder);
        disk.SyncFolder("/");
        SiteServices site = await SiteServices.OpenAsync(new MovedDisk(disk, folder, DiskFolder), folder, options, time, NullLoggerFactory.Instance, CancellationToken.None);
        return new SimulatedSite(site, folder);
    }

    /// <summary>A site that is open already, on whatever engine.</summary>
    public static SimulatedSite From(SiteServices site, string folder) => new(site, folder);

    /// <summary>All rows of a database, a line each.</summary>
    public static Task<string[]> DumpAsync(SiteDatabase records) => records.ReadSnapshotAsync(
        static session => Task.FromResult(SiteRows.Dump(session).Select(static line => Encoding.UTF8.GetString(line.Span)).ToArray()),
        CancellationToken.None);

    /// <summary>An open dataset; transient when days are given.</summary>
    public async Task<SiteDataset> CreateAsync(string slug, int? days = null) => (await Site.Lifecycle.CreateAsync(
        new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = slug, By = "anna", TransientDays = days }, CancellationToken.None)).Value;

    /// <summary>Puts a file, which must go well.</summary>
    public async Task PutAsync(SiteDataset dataset, string path, byte[] content)
    {
        Result<bool> put = await TryPutAsync(dataset, path, content);
        Assert.True(put.IsOk, put.Error?.Message);
    }

    /// <summary>Puts a file, or says why not.</summary>
    public async Task<Result<bool>> TryPutAsync(SiteDataset dataset, string path, byte[] content)
    {
        Result<ReceivedBlob> received = await ReceiveAsync(dataset.Id, content);
        if (!received.IsOk)
        {
            return received.Error;
        }

        using ReceivedBlob blob = received.Value;
        return await PutAsync(dataset, path, blob);
    }

    /// <summary>Puts a file whose bytes were received before.</summary>
    public Task<Result<bool>> PutAsync(SiteDataset dataset, string path, ReceivedBlob blob) => Site.Entries.PutAsync(
        dataset.Id, DatasetPath.Parse(path).Value, Entry.File(blob.Hash, blob.Size), blob, EntryCondition.None, CancellationToken.None);

    public async Task<Result<ReceivedBlob>> ReceiveAsync(DatasetId dataset, byte[] content)
    {
        Result<Lane> lane = await Site.Lanes.ForWritingAsync(dataset, CancellationToken.None);
        return lane.IsOk
            ? await Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), content.Length, lane.Value, CancellationToken.None)
            : lane.Error;
    }

    /// <summary>Every file of a version, its bytes read and compared with its hash.</summary>
    public async Task<SortedDictionary<string, string>> ReadAllAsync(DatasetId dataset, SnapshotRef? at, HashSet<BlobHash> verified)
    {
        TreeView view = (await Site.Heads.ResolveAsync(dataset, at, CancellationToken.None)).Value;
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (PathEntry found in Site.Heads.EnumerateAsync(view, "", CancellationToken.None))
        {
            files.Add(found.Path.Value, found.Entry.Kind == EntryKind.File ? found.Entry.Hash.ToString() : found.Entry.Kind.ToString());
            if (found.Entry.Kind == EntryKind.File && !verified.Contains(found.Entry.Hash)
                && !(view.Dataset.Expires is not null && await HasMadeRoomAsync(dataset, found.Entry.Hash)))
            {
                await VerifyAsync(found.Entry.Hash, found.Entry.Size, $"'{found.Path}' of {dataset} {at}");
                verified.Add(found.Entry.Hash);
            }
        }

        return files;
    }

    /// <summary>Everything that the records name can be read and is what its hash says: heads, snapshots, and what pushes have uploaded.</summary>
    public async Task VerifyAllAsync()
    {
        var verified = new HashSet<BlobHash>();
        foreach (SiteDataset dataset in await Site.Records.ReadAsync(static queries => queries.DatasetsAfter(0, 1000), CancellationToken.None))
        {
            if (dataset.Ended is not null || dataset.TrashedUntil is not null)
            {
                continue;
            }

            await ReadAllAsync(dataset.Id, null, verified);
            foreach (SiteSnapshot snapshot in await Site.Records.ReadAsync(queries => queries.Snapshots(dataset.Key, long.MaxValue, 1000), CancellationToken.None))
            {
                await ReadAllAsync(dataset.Id, SnapshotRef.Parse(snapshot.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)).Value, verified);
            }
        }

        foreach (BlobHash hash in await Site.Records.ReadAsync(static queries => queries.PinnedBlobs().ToList(), CancellationToken.None))
        {
            await VerifyAsync(hash, null, "what a push may name");
        }

        foreach ((Guid upload, long offset) in await Site.Records.ReadAsync(static queries => queries.PinnedExtents(), CancellationToken.None))
        {
            Assert.NotNull(Site.Blobs.MemberLength(MemberKey.Extent(upload, offset)));
        }
    }

    /// <summary>Whether a file of a temporary dataset made room, and says so.</summary>
    public async Task<bool> HasMadeRoomAsync(DatasetId dataset, BlobHash hash)
    {
        try
        {
            Assert.NotNull(await Site.Blobs.FindAsync(dataset, hash, CancellationToken.None));
            return false;
        }
        catch (HutchException e) when (e.Error.Code.Title.Contains("made room", StringComparison.Ordinal))
        {
            return true;
        }
    }

    public async ValueTask DisposeAsync() => await Site.DisposeAsync();

    private async Task VerifyAsync(BlobHash hash, long? size, string what)
    {
        BlobContent? content = await Site.Blobs.FindAsync(hash, CancellationToken.None);
        Assert.True(content is not null, $"the blob {hash} is lost: {what}");
        byte[] bytes = await content.ReadAllAsync(int.MaxValue, CancellationToken.None);
        Assert.True(hash == new BlobHash(SHA256.HashData(bytes)), $"other bytes: {what}");
        Assert.True(size is null || size == bytes.Length, $"another size: {what}");
    }
}
