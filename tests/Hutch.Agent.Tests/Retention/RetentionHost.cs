using Hutch.Agent.Retention;
using Hutch.Agent.Retention.Eviction;
using Hutch.Agent.Rules;
using Hutch.Agent.Writing;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Storage;
using Hutch.Testing.Clocks;
using Hutch.Zone.Authorization;
using Hutch.Zone.Tests.Accounts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Agent.Tests.Retention;

/// <summary>A zone and a site with datasets whose files are in folders, and retention over them.</summary>
internal sealed class RetentionHost : IPublishedFolders, ICopyHolders, IAsyncDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hutch-retention-").FullName;
    private readonly List<PublishedFolder> _folders = [];
    private readonly RetentionStore _store;

    private RetentionHost(TestZone zone, SiteServices site)
    {
        Zone = zone;
        Site = site;
        _store = new RetentionStore(site.Settings);
        Restart();
    }

    public TestZone Zone { get; }

    public SiteServices Site { get; }

    public ManualTime Time => Zone.Time;

    public RetentionRunner Runner { get; private set; } = null!;

    public RetentionService Service { get; private set; } = null!;

    /// <summary>What is known of the files of every folder.</summary>
    public FolderContents Contents { get; set; } = new(IsClosed: true, UnhashedFiles: 0, BlobHash.Compute("snapshot"u8), HasChanged: false);

    /// <summary>What other sites say once they were asked.</summary>
    public Func<HoldersAnswer> Holders { get; set; } = static () => new(HoldersState.Asked, [], []);

    /// <summary>How often the files of a folder were looked at, and the other sites asked.</summary>
    public (int Looks, int Asked) Count { get; private set; }

    /// <summary>The datasets of which other sites were asked, and whose files were removed.</summary>
    public HashSet<DatasetId> Asked { get; } = [];

    public List<DatasetId> Removed { get; } = [];

    /// <summary>What happens before files may be removed, and when they are.</summary>
    public Action Refusing { get; set; } = static () => { };

    public Action Removing { get; set; } = static () => { };

    /// <summary>How often files were given back that a removal had been at.</summary>
    public int GivenBack { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<RetentionHost> OpenAsync()
    {
        TestZone zone = await TestZone.OpenAsync();
        string folder = Directory.CreateTempSubdirectory("hutch-site-").FullName;
        var options = new SiteOptions { Segments = new SegmentOptions { ReserveBytes = 1 << 20 } };
        return new RetentionHost(zone, await SiteServices.OpenAsync(LocalDisk.Instance, folder, options, zone.Time, NullLoggerFactory.Instance, Ct));
    }

    /// <summary>The agent begins anew: it knows what was written down.</summary>
    public void Restart()
    {
        var judge = new EvictionJudge(this, this, NullLogger<EvictionJudge>.Instance);
        Runner = new RetentionRunner(this, _store, judge, Zone.Services.Notices, Time, NullLogger<RetentionRunner>.Instance);
        Service = new RetentionService(this, _store, Runner, Time);
    }

    /// <summary>Publishes a folder with a file, whose acquisition ends now, as a dataset of somebody's.</summary>
    public async Task<PublishedFolder> PublishAsync(Caller owner, FolderRule rule, string name = "session", bool isRunning = false)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_data, name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "movie.mrc"), "frames", Ct);
        NameRecord dataset = await Zone.DatasetAsync(owner, name);
        Assert.True((await Site.Lifecycle.CreateAsync(
            new NewDataset { Id = dataset.Dataset, Owner = owner.Name, Slug = name, By = owner.Name }, Ct)).IsOk);
        var published = new PublishedFolder(folder, dataset.Dataset, rule, isRunning ? null : Time.GetUtcNow(), RemovalRequest.None, []);
        _folders.Add(published);
        return published;
    }

    /// <summary>What is known of a folder becomes different.</summary>
    public PublishedFolder Change(PublishedFolder folder, Func<PublishedFolder, PublishedFolder> change)
    {
        int at = _folders.FindIndex(known => known.Dataset == folder.Dataset);
        return _folders[at] = change(_folders[at]);
    }

    /// <summary>Looks after so many days.</summary>
    public Task LookAfterAsync(int days)
    {
        Time.Advance(TimeSpan.FromDays(days));
        return Runner.CheckAllAsync(Ct);
    }

    /// <summary>What an account was told, the oldest first: the subjects.</summary>
    public async Task<string[]> ToldAsync(Caller caller) =>
    [
        .. (await Zone.Services.Mailbox.ListAsync(caller, null, 500, Ct)).Value.Reverse()
            .Select(mail => Zone.Services.Mailbox.Read(mail).Subject),
    ];

    public Task<string?> SettingAsync(PublishedFolder folder) =>
        Site.Settings.FindAsync(folder.Dataset, RetentionState.SettingName, Ct).AsTask();

    public IReadOnlyList<PublishedFolder> All() => [.. _folders];

    public PublishedFolder? Find(DatasetId dataset) => _folders.Find(folder => folder.Dataset == dataset);

    public Task<FolderContents> InspectAsync(PublishedFolder folder, CancellationToken ct)
    {
        Count = Count with { Looks = Count.Looks + 1 };
        return Task.FromResult(Contents);
    }

    public async Task<RemovedFiles> RemoveAsync(PublishedFolder folder, Func<Task> begin, CancellationToken ct)
    {
        Refusing();
        await begin();
        Removing();
        Removed.Add(folder.Dataset);
        return new RemovedFiles(1, 0);
    }

    public Task<RemovedFiles> RemoveFilesAsync(PublishedFolder folder, CancellationToken ct)
    {
        GivenBack++;
        return Task.FromResult(new RemovedFiles(0, 1));
    }

    public void Announce(PublishedFolder folder)
    {
        // What stands in the folder is not looked at here.
    }

    public Task<HoldersAnswer> FindAsync(DatasetId dataset, CancellationToken ct) =>
        Task.FromResult(Asked.Contains(dataset) ? Holders() : HoldersAnswer.None);

    public Task<Result<HoldersAnswer>> RequestAsync(DatasetId dataset, int copies, CancellationToken ct)
    {
        Count = Count with { Asked = Count.Asked + 1 };
        Result<HoldersAnswer> answer = Holders();
        Asked.Add(dataset);
        return Task.FromResult(answer);
    }

    public Task<Result<Done>> StopAsync(DatasetId dataset, CancellationToken ct)
    {
        Asked.Remove(dataset);
        return Task.FromResult<Result<Done>>(Done.Value);
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await Site.DisposeAsync();
        await Zone.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
