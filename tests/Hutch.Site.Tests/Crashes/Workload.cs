using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Write.Blobs;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Heads;
using Hutch.Site.Write.Pushes;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Crashes;

/// <summary>
/// A mixed life of a site, the same for the same seed: puts, overwrites, removals, pushes, folds, thinning, closing, deriving, trash,
/// purge, expiry, checkpoints, collections, a restart. Keeps a simple model of what was answered and compares it after every step.
/// </summary>
internal sealed class Workload(FaultyDisk disk, string folder, int seed)
{
    /// <summary>Stands in the names and in the bytes of the dataset that is purged, and nowhere else.</summary>
    public const string Secret = "patient-mueller-1970";

    private const long MaxTemporaryBytes = 300 << 10;

    private readonly Random _random = new(seed);
    private readonly Func<Guid> _ids = SimulatedSite.Ids(seed + 1000);
    private readonly List<ModelDataset> _datasets = [];
    private readonly List<byte[]> _contents = [];
    private SimulatedSite? _site;
    private int _openings;

    public StandingTime Time { get; } = new();

    public SimulatedSite Live => _site ?? throw new InvalidOperationException("Not open.");

    /// <summary>Whether the disk fails now and then, so that what is answered "outcome unknown" is sent again.</summary>
    public bool DiskMayFail { get; init; }

    /// <summary>Bytes that only deletes may take.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>Whether the purge's collection was answered: nothing of the secret may be anywhere.</summary>
    public bool IsPurged { get; private set; }

    public IReadOnlyList<ModelDataset> Datasets => _datasets;

    /// <summary>Told after each opening of the site.</summary>
    public Action? Opened { get; set; }

    public string Step { get; private set; } = "";

    public async Task OpenAsync()
    {
        Step = "open";
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }

        _site = await OpenOnceAsync() ?? await OpenOnceAsync() ?? throw new InvalidOperationException("The site cannot be opened.");
        Opened?.Invoke();
    }

    /// <summary>The site; null when the disk failed while it was opened: such a disk is not trusted, and whoever starts the server starts it again.</summary>
    private async Task<SimulatedSite?> OpenOnceAsync()
    {
        try
        {
            return await SimulatedSite.OpenAsync(disk, folder, SimulatedSite.Options((seed * 100) + ++_openings, ReserveBytes, MaxTemporaryBytes), Time);
        }
        catch (IOException) when (DiskMayFail)
        {
            return null;
        }
    }

    public async Task RunAsync()
    {
        await OpenAsync();
        ModelDataset a = await CreateAsync("alpha");
        ModelDataset b = await CreateAsync("beta");
        ModelDataset secret = await CreateAsync("gamma");
        ModelDataset transient = await CreateAsync("grid", transientDays: 1);
        await PutSomeAsync(a, 5);
        await PutAsync(a, "big", Large(1));
        await PutAsync(transient, "big", Large(1));
        await PutAsync(transient, "grid/1", Content(3000));
        await PutAsync(a, "also in grid", _contents[^1]);
        ModelDataset kept = await CreateAsync("kept", transientDays: 1);
        await PutAsync(kept, "large", Large(5));
        await PutAsync(kept, "grid/2", Content(4000));
        await FoldAsync(kept, SnapshotReason.Automatic);
        await RemoveAsync(kept, "grid/2");
        await PutAsync(kept, "grid/3", Content(5000));
        await PutAsync(secret, $"{Secret}/scan", Encoding.UTF8.GetBytes($"{Secret} was here. " + new string('x', 2000)));
        await PutAsync(secret, $"{Secret}/shared", _contents[0]);
        await PutAsync(secret, $"{Secret}/large", SecretLarge());
        await FoldAsync(a, SnapshotReason.Automatic);
        await FoldAsync(secret, SnapshotReason.Automatic);
        await PutSomeAsync(a, 4);
        await RemoveAsync(a, a.Head.Keys.First());
        await FoldAsync(a, SnapshotReason.Automatic);
        await CollectAsync();
        await PushAsync(b, 3, Large(2));
        await PutSomeAsync(b, 2);
        await FoldAsync(b, SnapshotReason.Manual);
        await TagAsync(b, "v1");
        await KeepAsync(kept);
        await PutAsync(kept, "grid/4", Content(3000));
        await MetadataAsync(b);
        await PurgeAsync(secret);
        await CloseAsync(b);
        ModelDataset child = await DeriveAsync(b, "delta");
        await PutSomeAsync(child, 2);
        await RemoveAsync(child, child.Head.Keys.Last());
        await CheckpointAsync();
        await OpenAsync();
        await CheckAsync();
        await PushAsync(child, 2, null, abort: true);
        await HalfAPushAsync(child, Large(3));
        await UploadInPartsAsync(child, "in parts");
        await UploadInPartsAsync(child, "never completed", abort: true);
        ModelDataset roomy = await CreateAsync("roomy", transientDays: 3);
        await PutAsync(roomy, "large", Large(7));
        await PutAsync(roomy, "grid/5", Content(60_000));
        await PutAsync(roomy, "grid/6", Content(60_000));
        await MakeRoomAsync();
        await PutAsync(roomy, "grid/7", Content(60_000));
        await PutAsync(roomy, "grid/8", Content(60_000));
        await PutAsync(roomy, "large again", Large(8));
        await MakeRoomAsync();
        await RemoveAsync(a, "big");
        await FoldAsync(a, SnapshotReason.Automatic);
        await ThinAsync(a, TimeSpan.FromDays(120));
        roomy.IsGone = true;
        await EndAsync(transient);
        await CollectAsync();
        await TrashAsync(child);
        await RestoreAsync(child);
        await PutAsync(child, "big again", Large(1));
        await TrashAsync(a);
        await EndTrashAsync(a);
        await CollectAsync();
        await PutSomeAsync(child, 3);
        await FoldAsync(child, SnapshotReason.Manual);
        await CollectAsync();
        await CheckAsync();
    }

    /// <summary>The live site says what the model says, and every byte of it is right.</summary>
    public async Task CheckAsync()
    {
        foreach (ModelDataset dataset in _datasets)
        {
            await CheckAsync(Live, dataset);
        }

        await Live.VerifyAllAsync();
    }

    private static async Task CheckAsync(SimulatedSite site, ModelDataset model)
    {
        SiteDataset? dataset = await site.Site.Records.ReadAsync(queries => queries.Dataset(model.Id), CancellationToken.None);
        Assert.NotNull(dataset);
        Assert.Equal(model.IsGone, dataset.Ended is not null);
        Assert.Equal(model.IsInTrash, dataset.TrashedUntil is not null);
        Assert.Equal(model.IsClosed, dataset.Closed is not null);
        if (model.IsGone || model.IsInTrash)
        {
            return;
        }

        var verified = new HashSet<BlobHash>();
        Assert.Equal(model.Head, await site.ReadAllAsync(model.Id, null, verified));
        IReadOnlyList<SiteSnapshot> snapshots = await site.Site.Records.ReadAsync(queries => queries.Snapshots(dataset.Key, long.MaxValue, 1000), CancellationToken.None);
        Assert.Equal(model.Snapshots.Keys.Reverse(), snapshots.Select(static snapshot => snapshot.Number));
        foreach ((long number, SortedDictionary<string, string> files) in model.Snapshots)
        {
            Assert.Equal(files, await site.ReadAllAsync(model.Id, Numbered(number), verified));
        }
    }

    private static SnapshotRef Numbered(long number) => SnapshotRef.Parse(number.ToString(System.Globalization.CultureInfo.InvariantCulture)).Value;

    private async Task<T> DoAsync<T>(string step, Func<Task<Result<T>>> action)
    {
        Step = step;
        for (int attempt = 0; ; attempt++)
        {
            Result<T> result;
            try
            {
                result = await action();
            }
            catch (HutchException e) when (DiskMayFail)
            {
                result = e.Error;
            }
            catch (IOException e) when (DiskMayFail)
            {
                // A job ends so; it is begun again later.
                result = ErrorCode.OutcomeUnknown.With(e.Message);
            }

            if (result.IsOk)
            {
                return result.Value;
            }

            Assert.True(DiskMayFail && attempt < 3 && result.Error.Code.Status == 503, $"{step}: {result.Error.Message}");
        }
    }

    private async Task<ModelDataset> CreateAsync(string slug, int? transientDays = null, ParentVersion? parent = null, ModelDataset? copied = null)
    {
        var wanted = new NewDataset
        {
            Id = new DatasetId(_ids()),
            Owner = "anna",
            Slug = slug,
            By = "anna",
            TransientDays = transientDays,
            Parents = parent is null ? [] : [parent],
            Copy = parent is not null,
        };
        await DoAsync("create " + slug, () => Live.Site.Lifecycle.CreateAsync(wanted, CancellationToken.None));
        var model = new ModelDataset(wanted.Id, slug);
        foreach ((string path, string hash) in copied?.Head ?? [])
        {
            model.Head.Add(path, hash);
        }

        _datasets.Add(model);
        return model;
    }

    private async Task PutSomeAsync(ModelDataset dataset, int count)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] content = _contents.Count > 0 && _random.Next(5) == 0 ? _contents[_random.Next(_contents.Count)] : Content(_random.Next(0, 12_000));
            await PutAsync(dataset, $"{(char)('a' + _random.Next(3))}/{_random.Next(6)}", content);
        }
    }

    private async Task PutAsync(ModelDataset dataset, string path, byte[] content)
    {
        await DoAsync($"put {path} ({content.Length})", async () =>
        {
            Result<ReceivedBlob> received = await Live.ReceiveAsync(dataset.Id, content);
            if (!received.IsOk)
            {
                return received.Error;
            }

            using ReceivedBlob blob = received.Value;
            return await Live.Site.Entries.PutAsync(
                dataset.Id, DatasetPath.Parse(path).Value, Entry.File(blob.Hash, blob.Size), blob, EntryCondition.None, CancellationToken.None);
        });
        dataset.Head[path] = BlobHash.Compute(content).ToString();
        await CheckAsync(Live, dataset);
    }

    private async Task RemoveAsync(ModelDataset dataset, string path)
    {
        await DoAsync("remove " + path, () => Live.Site.Entries.RemoveAsync(dataset.Id, DatasetPath.Parse(path).Value, EntryCondition.None, CancellationToken.None));
        dataset.Head.Remove(path);
        await CheckAsync(Live, dataset);
    }

    private async Task FoldAsync(ModelDataset dataset, SnapshotReason reason)
    {
        SiteSnapshot? taken = await DoAsync("fold", () => Live.Site.HeadCompactor.CompactAsync(dataset.Id, new CompactionRequest(reason, "anna", null), CancellationToken.None));
        dataset.Snapshots[taken!.Number] = new SortedDictionary<string, string>(dataset.Head, StringComparer.Ordinal);
        await CheckAsync(Live, dataset);
    }

    private async Task PushAsync(ModelDataset dataset, int files, byte[]? large, bool abort = false)
    {
        long? from = dataset.Snapshots.Count > 0 ? dataset.Snapshots.Keys.Last() : null;
        SiteSession session = await DoAsync("start a push", () => Live.Site.Pushes.StartAsync(dataset.Id, from, "anna", CancellationToken.None));
        var changes = new List<TreeChange>();
        for (int i = 0; i < files; i++)
        {
            byte[] content = Content(_random.Next(100, 9000));
            await DoAsync("upload", async () =>
            {
                using ReceivedBlob blob = (await Live.ReceiveAsync(dataset.Id, content)).Value;
                return await Live.Site.Pushes.AddAsync(session.Id, [blob], CancellationToken.None);
            });
            changes.Add(new TreeChange(DatasetPath.Parse($"pushed/{i}").Value, Entry.File(BlobHash.Compute(content), content.Length)));
        }

        if (large is not null)
        {
            await UploadAsync(session, large, 700_000);
            await UploadAsync(session, large, large.Length);
            changes.Add(new TreeChange(DatasetPath.Parse("pushed/large").Value, Entry.File(BlobHash.Compute(large), large.Length)));
        }

        if (abort)
        {
            await DoAsync("abort a push", () => Live.Site.Pushes.AbortAsync(session.Id, "anna", CancellationToken.None));
            return;
        }

        SiteSnapshot taken = await DoAsync("commit a push", () => Live.Site.PushCommits.CommitAsync(session, changes, "pushed", CancellationToken.None));
        changes.ForEach(change => dataset.Head[change.Path.Value] = change.Entry!.Hash.ToString());
        dataset.Snapshots[taken.Number] = new SortedDictionary<string, string>(dataset.Head, StringComparer.Ordinal);
        await CheckAsync(Live, dataset);
    }

    private async Task UploadAsync(SiteSession session, byte[] content, int until)
    {
        UploadKey key = UploadKey.OfHash(BlobHash.Compute(content));
        UploadState state = await DoAsync("how far an upload is", () => Live.Site.ResumableUploads.StateAsync(session, key, CancellationToken.None));
        if (state.Hash is null)
        {
            await DoAsync("upload a part", async () =>
            {
                UploadState now = (await Live.Site.ResumableUploads.StateAsync(session, key, CancellationToken.None)).Value;
                PipeReader body = PipeReader.Create(new MemoryStream(content, (int)now.Offset, until - (int)now.Offset));
                return await Live.Site.ResumableUploads.ContinueAsync(session, key, content.Length, now.Offset, body, null, CancellationToken.None);
            });
        }
    }

    private async Task UploadInPartsAsync(ModelDataset dataset, string path, bool abort = false)
    {
        const int Cut = 600_000;
        byte[] content = Large(4);
        Entry attributes = Entry.File(default, 0);
        SiteUpload upload = await DoAsync("start an upload in parts", () => Live.Site.Uploads.StartAsync(
            dataset.Id, DatasetPath.Parse(path).Value, attributes, null, "anna", CancellationToken.None));
        foreach ((int number, int from, int until) in ((int, int, int)[])[(2, Cut, content.Length), (1, 0, Cut)])
        {
            await DoAsync($"put part {number}", () => Live.Site.Uploads.PutPartAsync(
                upload, number, PipeReader.Create(new MemoryStream(content, from, until - from)), until - from, static () => new((string?)null), CancellationToken.None));
        }

        if (abort)
        {
            await DoAsync("abort an upload in parts", () => Live.Site.Uploads.AbortAsync(upload.Id, CancellationToken.None));
            return;
        }

        IReadOnlyList<SiteUploadPart> parts = await Live.Site.Uploads.PartsAsync(upload, 0, 10, CancellationToken.None);
        await DoAsync("complete an upload in parts", () => Live.Site.Uploads.CompleteAsync(
            upload, parts, _ => attributes, EntryCondition.None, static () => new((HutchError?)null), CancellationToken.None));
        dataset.Head[path] = BlobHash.Compute(content).ToString();
        await CheckAsync(Live, dataset);
    }

    private async Task KeepAsync(ModelDataset dataset)
    {
        await DoAsync("keep", () => Live.Site.Keeper.KeepAsync(dataset.Id, "anna", CancellationToken.None));
        await CheckAsync(Live, dataset);
    }

    private async Task HalfAPushAsync(ModelDataset dataset, byte[] large)
    {
        long? from = dataset.Snapshots.Count > 0 ? dataset.Snapshots.Keys.Last() : null;
        SiteSession session = await DoAsync("start a push", () => Live.Site.Pushes.StartAsync(dataset.Id, from, "anna", CancellationToken.None));
        await UploadAsync(session, large, 600_000);
    }

    private async Task TagAsync(ModelDataset dataset, string tag) =>
        await DoAsync("tag", () => Live.Site.Snapshots.TagAsync(dataset.Id, tag, dataset.Snapshots.Keys.First(), "anna", CancellationToken.None));

    private async Task MetadataAsync(ModelDataset dataset)
    {
        using JsonDocument document = JsonDocument.Parse("""{"sample":"lysozyme"}""");
        await DoAsync("metadata", () => Live.Site.Metadata.SetAsync(dataset.Id, document.RootElement, null, "anna", CancellationToken.None));
    }

    private async Task CloseAsync(ModelDataset dataset)
    {
        SiteDataset closed = await DoAsync("close", () => Live.Site.Lifecycle.CloseAsync(dataset.Id, "anna", "done", CancellationToken.None));
        dataset.IsClosed = true;
        for (long number = dataset.Snapshots.Keys.LastOrDefault() + 1; number <= closed.LastNumber; number++)
        {
            dataset.Snapshots[number] = new SortedDictionary<string, string>(dataset.Head, StringComparer.Ordinal);
        }

        await CheckAsync(Live, dataset);
    }

    private async Task<ModelDataset> DeriveAsync(ModelDataset parent, string slug)
    {
        ModelDataset child = await CreateAsync(slug, parent: new ParentVersion(parent.Id, null), copied: parent);
        await CheckAsync(Live, child);
        return child;
    }

    private async Task TrashAsync(ModelDataset dataset)
    {
        await DoAsync("trash", () => Live.Site.Lifecycle.TrashAsync(dataset.Id, "anna", CancellationToken.None));
        dataset.IsInTrash = true;
        await CheckAsync(Live, dataset);
    }

    private async Task RestoreAsync(ModelDataset dataset)
    {
        await DoAsync("restore", () => Live.Site.Lifecycle.RestoreAsync(dataset.Id, "anna", CancellationToken.None));
        dataset.IsInTrash = false;
        await CheckAsync(Live, dataset);
    }

    private async Task PurgeAsync(ModelDataset dataset)
    {
        SiteDataset purged = await DoAsync("purge", () => Live.Site.Lifecycle.PurgeAsync(dataset.Id, "withdrawn", "anna", CancellationToken.None));
        dataset.IsGone = true;
        await DoAsync("collect what was purged", async () => Result<bool>.Ok(
            (await Live.Site.Collector.CollectPurgedAsync(purged, CancellationToken.None)).LeftSegments == 0 || DiskMayFail));
        IsPurged = !DiskMayFail;
        await CheckAsync();
    }

    private async Task CheckpointAsync() => await DoAsync("checkpoint", () => Live.Site.Checkpointer.WriteAsync(CancellationToken.None));

    private async Task CollectAsync()
    {
        await DoAsync("collect", async () => Result<object>.Ok(await Live.Site.Collector.CollectAsync(CancellationToken.None)));
        await CheckAsync();
    }

    private async Task MakeRoomAsync()
    {
        await DoAsync("make room", async () => Result<EarlyExpired>.Ok(await Live.Site.TemporaryDataLimit.CheckAsync(CancellationToken.None)));
        Assert.True(await Live.Site.Records.ReadAsync(static queries => queries.HasDropped(), CancellationToken.None));
        await CheckAsync();
    }

    private async Task ThinAsync(ModelDataset dataset, TimeSpan later)
    {
        Time.Advance(later);
        await DoAsync("thin", async () => Result<int>.Ok(await Live.Site.Snapshots.ThinAsync(dataset.Id, CancellationToken.None)));
        SiteDataset now = (await Live.Site.Heads.DatasetAsync(dataset.Id, CancellationToken.None)).Value;
        long newest = now.Snapshot!.Value;
        foreach (long number in dataset.Snapshots.Keys.Where(number => number != newest).ToList())
        {
            dataset.Snapshots.Remove(number);
        }

        await CheckAsync(Live, dataset);
    }

    private async Task EndAsync(ModelDataset dataset)
    {
        await DoAsync("end what is over", async () => Result<int>.Ok(await Live.Site.Lifecycle.EndWhatIsOverAsync(CancellationToken.None)));
        await DoAsync("end stale pushes", async () => Result<int>.Ok(await Live.Site.Lifecycle.EndStaleSessionsAsync(CancellationToken.None)));
        dataset.IsGone = true;
        await CheckAsync(Live, dataset);
    }

    private async Task EndTrashAsync(ModelDataset dataset)
    {
        Time.Advance(TimeSpan.FromDays(31));
        dataset.IsInTrash = false;
        await EndAsync(dataset);
    }

    private byte[] Content(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        _contents.Add(bytes);
        return bytes;
    }

    private byte[] Large(int number)
    {
        var bytes = new byte[(1 << 20) + number];
        new Random((seed * 100) + number).NextBytes(bytes);
        return bytes;
    }

    private byte[] SecretLarge()
    {
        byte[] bytes = Large(99);
        for (int at = 0; at < bytes.Length - 100; at += 4096)
        {
            Encoding.ASCII.GetBytes(Secret).CopyTo(bytes, at);
        }

        return bytes;
    }
}
