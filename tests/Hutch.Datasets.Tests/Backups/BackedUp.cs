using System.IO.Pipelines;
using Hutch.Datasets.Backups;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Storage;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Datasets.Tests.Backups;

/// <summary>A data folder with a zone and a site, a folder for its backups, and short words for what tests do with them.</summary>
internal sealed class BackedUp : IAsyncDisposable
{
    private static readonly SiteOptions Options = new() { Segments = new SegmentOptions { ReserveBytes = 1 << 20, SegmentBytes = 4 << 20, ZeroAheadBytes = 64 << 10 } };

    private const int DataFormat = 3;

    private readonly string _root;

    private BackedUp(string root)
    {
        _root = root;
        Data = Path.Combine(root, "data");
        Backups = Path.Combine(root, "backups");
        Disk = new LimitedDisk(Backups);
        Directory.CreateDirectory(Data);
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string Data { get; }

    public string Backups { get; }

    public LimitedDisk Disk { get; }

    public SiteServices Site { get; private set; } = null!;

    public ZoneServices Zone { get; private set; } = null!;

    public DataVersion Version { get; private set; } = null!;

    public Incarnation Incarnation => Version.Incarnation!;

    public BackupWriter Writer => new(new BackupSource(Disk, Data, Site, Zone, Incarnation.Id, TimeProvider.System));

    public BackupFolder Folder => new(Disk, Backups);

    public static async Task<BackedUp> OpenAsync(string? data = null)
    {
        var opened = new BackedUp(data ?? Directory.CreateTempSubdirectory("hutch-backup-").FullName);
        await opened.StartAsync();
        return opened;
    }

    /// <summary>Another path beside the data folder.</summary>
    public string Beside(string name) => Path.Combine(_root, name);

    public async Task<DatasetId> CreateAsync(string slug)
    {
        var id = new DatasetId(Guid.NewGuid());
        Caller admin = await AdminAsync();
        _ = (await Zone.Names.ReserveAsync(admin, id, null, Slug.Parse(slug).Value, Ct)).Value;
        _ = (await Site.Lifecycle.CreateAsync(new NewDataset { Id = id, Owner = "admin", Slug = slug, By = "admin" }, Ct)).Value;
        return id;
    }

    public async Task PutAsync(DatasetId dataset, string path, byte[] content)
    {
        Lane lane = (await Site.Lanes.ForWritingAsync(dataset, Ct)).Value;
        using ReceivedBlob blob = (await Site.Intake.ReceiveAsync(PipeReader.Create(new MemoryStream(content)), content.Length, lane, Ct)).Value;
        _ = (await Site.Entries.PutAsync(dataset, DatasetPath.Parse(path).Value, Entry.File(blob.Hash, blob.Size), blob, EntryCondition.None, Ct)).Value;
    }

    public async Task<byte[]?> ReadAsync(DatasetId dataset, string path)
    {
        TreeView view = (await Site.Heads.ResolveAsync(dataset, null, Ct)).Value;
        Entry? entry = await Site.Heads.FindAsync(view, DatasetPath.Parse(path).Value, Ct);
        return entry is null ? null : await (await Site.Blobs.FindAsync(entry.Hash, Ct))!.ReadAllAsync(int.MaxValue, Ct);
    }

    public async Task<Caller> AdminAsync()
    {
        string token = (await File.ReadAllTextAsync(Path.Combine(_root, "admin.token"), Ct)).Trim();
        return (await Zone.Authenticator.AuthenticateAsync(token, null, Ct)).Value;
    }

    public Task<Result<BackupSummary>> BackUpAsync(bool withKeys = false, int? keep = null) =>
        Writer.CreateAsync(new BackupRequest(Backups, withKeys, keep), static _ => { }, Ct);

    public async Task<IReadOnlyList<string>> VerifyAsync(string? name = null) =>
        await new BackupVerifier(Disk).FindDamageAsync(Folder, Folder.Manifest(name).Value, static _ => { }, Ct);

    public async Task<Result<Incarnation>> RestoreAsync(string? name = null, int dataFormat = DataFormat)
    {
        Result<BackupManifest> manifest = Folder.Manifest(name);
        return manifest.IsOk
            ? await new BackupRestorer(LocalDisk.Instance, Guid.NewGuid, TimeProvider.System).RestoreAsync(Folder, manifest.Value, Data, dataFormat, static _ => { }, Ct)
            : manifest.Error;
    }

    /// <summary>Closes the site and removes the data folder.</summary>
    public async Task DestroyAsync()
    {
        await StopAsync();
        Directory.Delete(Data, recursive: true);
    }

    public async Task StartAsync()
    {
        Version = DataVersion.Read(LocalDisk.Instance, Data) ?? DataVersion.Begin(LocalDisk.Instance, Data, DataFormat, Guid.NewGuid);
        Zone = await ZoneServices.OpenAsync(LocalDisk.Instance, Data, new ZoneOptions(), TimeProvider.System, NullLoggerFactory.Instance, static () => { }, Ct);
        Site = await SiteServices.OpenAsync(LocalDisk.Instance, Data, Options, TimeProvider.System, NullLoggerFactory.Instance, Ct);
        string token = Path.Combine(Data, AdminAccount.TokenFileName);
        if (File.Exists(token))
        {
            File.Copy(token, Path.Combine(_root, "admin.token"), overwrite: true);
        }
    }

    /// <summary>Begins anew with an empty folder, so that there is something to close.</summary>
    public Task StartAfreshAsync()
    {
        Directory.CreateDirectory(Data);
        return StartAsync();
    }

    public async Task StopAsync()
    {
        await Site.DisposeAsync();
        await Zone.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_root, recursive: true);
    }
}
