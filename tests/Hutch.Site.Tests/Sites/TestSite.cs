using System.IO.Pipelines;
using System.Text;
using Hutch.Catalog.Site;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Testing.Clocks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Site.Tests.Sites;

/// <summary>A site in a folder of its own, with the short words that tests need.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private readonly SiteOptions _options;
    private readonly IDisk _disk;

    private TestSite(string folder, SiteOptions options, IDisk disk, ShiftedTime time, SiteServices site)
    {
        Folder = folder;
        Time = time;
        _options = options;
        _disk = disk;
        Site = site;
    }

    public string Folder { get; }

    public ShiftedTime Time { get; }

    public SiteServices Site { get; private set; }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<TestSite> OpenAsync(SiteOptions? options = null, IDisk? disk = null)
    {
        string folder = Directory.CreateTempSubdirectory("hutch-site-").FullName;
        options = await SiteEngine.GiveAsync(options ?? new SiteOptions { Segments = new SegmentOptions { ReserveBytes = 1 << 20 } });
        var time = new ShiftedTime();
        disk ??= LocalDisk.Instance;
        return new TestSite(folder, options, disk, time, await SiteServices.OpenAsync(disk, folder, options, time, NullLoggerFactory.Instance, Ct));
    }

    /// <summary>Time passes for the system and for the log, which may have a clock of its own.</summary>
    public async Task PassAsync(TimeSpan by)
    {
        Time.Advance(by);
        await SiteEngine.PassAsync(_options, by);
    }

    /// <summary>Where the database is.</summary>
    public string RecordsPath => Path.Combine(Folder, "site.db");

    /// <summary>Closes the site, does something to its files and opens it again.</summary>
    public async Task ReopenAsync(Action meanwhile)
    {
        await Site.SealAsync(Ct);
        await Site.DisposeAsync();
        meanwhile();
        Site = await SiteServices.OpenAsync(_disk, Folder, _options, Time, NullLoggerFactory.Instance, Ct);
    }

    /// <summary>Closes the site and opens it again, without its database when that is to be rebuilt.</summary>
    public async Task ReopenAsync(bool withoutDatabase = false)
    {
        await Site.DisposeAsync();
        if (withoutDatabase)
        {
            foreach (string file in Directory.GetFiles(Folder, "site.db*"))
            {
                File.Delete(file);
            }
        }

        Site = await SiteServices.OpenAsync(_disk, Folder, _options, Time, NullLoggerFactory.Instance, Ct);
    }

    public async Task<SiteDataset> CreateAsync(string slug, params ParentVersion[] parents) => (await Site.Lifecycle.CreateAsync(
        new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = slug, By = "anna", Parents = parents }, Ct)).Value;

    /// <summary>Makes a dataset with the entries of another, which it follows if that is open.</summary>
    public async Task<SiteDataset> DeriveAsync(string slug, DatasetId parent) => (await Site.Lifecycle.CreateAsync(
        new NewDataset
        {
            Id = new DatasetId(Guid.NewGuid()),
            Owner = "anna",
            Slug = slug,
            By = "anna",
            Parents = [new ParentVersion(parent, null)],
            Copy = true,
            FollowsOpenParents = true,
        },
        Ct)).Value;

    /// <summary>Puts a dataset into the trash, and lets its time there pass; says how many datasets end.</summary>
    public async Task<int> EndAsync(DatasetId dataset)
    {
        Assert.True((await Site.Lifecycle.TrashAsync(dataset, "anna", Ct)).IsOk);
        await PassAsync(TimeSpan.FromDays(31));
        return await Site.Lifecycle.EndWhatIsOverAsync(Ct);
    }

    public async Task<Result<bool>> PutAsync(DatasetId dataset, string path, byte[] content, EntryCondition? condition = null)
    {
        Result<Lane> lane = await Site.Lanes.ForWritingAsync(dataset, Ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        using ReceivedBlob blob = (await Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), content.Length, lane.Value, Ct)).Value;
        return await Site.Entries.PutAsync(
            dataset, DatasetPath.Parse(path).Value, Entry.File(blob.Hash, blob.Size), blob, condition ?? EntryCondition.None, Ct);
    }

    public Task<Result<bool>> PutAsync(DatasetId dataset, string path, string content, EntryCondition? condition = null) =>
        PutAsync(dataset, path, Encoding.UTF8.GetBytes(content), condition);

    /// <summary>Uploads a small blob in a push, which may name it then.</summary>
    public async Task UploadAsync(SiteSession session, byte[] content)
    {
        using ReceivedBlob blob = (await Site.Intake.ReceiveAsync(
            System.IO.Pipelines.PipeReader.Create(new MemoryStream(content)), content.Length, Lane.Main, Ct)).Value;
        Assert.True((await Site.Pushes.AddAsync(session.Id, [blob], Ct)).IsOk);
    }

    public async Task<Result<Entry>> RemoveAsync(DatasetId dataset, string path) =>
        await Site.Entries.RemoveAsync(dataset, DatasetPath.Parse(path).Value, EntryCondition.None, Ct);

    public async Task<byte[]?> ReadAsync(DatasetId dataset, string path, SnapshotRef? at = null)
    {
        TreeView view = (await Site.Heads.ResolveAsync(dataset, at, Ct)).Value;
        Entry? entry = await Site.Heads.FindAsync(view, DatasetPath.Parse(path).Value, Ct);
        return entry is null ? null : await (await Site.Blobs.FindAsync(entry.Hash, Ct))!.ReadAllAsync(int.MaxValue, Ct);
    }

    public async Task<List<string>> ListAsync(DatasetId dataset, SnapshotRef? at = null)
    {
        var paths = new List<string>();
        await foreach (PathEntry entry in Site.Heads.EnumerateAsync((await Site.Heads.ResolveAsync(dataset, at, Ct)).Value, "", Ct))
        {
            paths.Add(entry.Path.Value);
        }

        return paths;
    }

    /// <summary>All rows of the database, as text.</summary>
    public Task<List<string>> DumpAsync() => Site.Records.ReadSnapshotAsync(
        session => Task.FromResult(SiteRows.Dump(session).Select(line => Encoding.UTF8.GetString(line.Span)).ToList()), Ct);

    /// <summary>Asks a new reader for everything, as requests do.</summary>
    public async Task DumpThroughReadersAsync() =>
        await Site.Records.ReadConsistentAsync(static queries => queries.DatasetsAfter(0, 1000).Count(dataset => queries.HasOverlay(dataset.Key) || queries.SnapshotCount(dataset.Key) > 0), Ct);

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
