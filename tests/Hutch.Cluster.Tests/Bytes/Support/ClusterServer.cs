using Hutch.Catalog.Members;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Objects;
using Hutch.Site.Engines;
using Hutch.Storage;
using Hutch.Storage.Caching;

namespace Hutch.Cluster.Tests.Bytes.Support;

/// <summary>One server over rows and objects that others share: its view, its cache, its bytes, and the jobs on them.</summary>
internal sealed class ClusterServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-cluster-").FullName;
    private readonly ByteCache _cache;
    private readonly MemoryRows _rows;

    public ClusterServer(MemoryRows rows, IObjectStore objects, TimeProvider time, CacheOptions? cache = null, TimeSpan? keepCondemned = null)
    {
        _rows = rows;
        Objects = objects;
        _cache = ByteCache.Open(CacheDisk, "/cache", cache ?? new CacheOptions { CacheBytes = 64 << 20, ReserveBytes = 0 }, "Hutch.Cluster.Cache");
        View = new MemberView(MemberDatabase.Open(LocalDisk.Instance, _folder, time), _cache);
        Log = new RowServer(rows, View);
        var id = Guid.NewGuid();
        Bytes = new ObjectBytes(objects, View, _cache, id);
        Bytes.Attach(Log);
        rows.Writers[id] = true;
        var source = new PackSource(Site, id, Guid.NewGuid, time);
        Packer = new Packer(Log, objects, View, PackDisk, "/", source, Options);
        Merger = new PackMerger(Log, objects, View, PackDisk, "/", source, Options);
        Scrub = new ObjectScrub(objects, View, PackDisk, "/", long.MaxValue, time);
        Sweep = new ObjectSweep(Log, objects, View, keepCondemned ?? TimeSpan.FromDays(30), time);
    }

    public static Guid Site { get; } = new("6f1c1a52-51c5-4f1e-8a3c-0a8f3bd6f0a1");

    public static PackOptions Options { get; } = new() { PackAfterSeconds = 30, PackBytes = 256 << 10, MergedBytes = 1 << 20, MergeAtPacks = 4 };

    public FaultyDisk CacheDisk { get; } = new(1);

    public FaultyDisk PackDisk { get; } = new(2);

    public MemberView View { get; }

    public RowServer Log { get; }

    public IObjectStore Objects { get; }

    public ObjectBytes Bytes { get; }

    public Packer Packer { get; }

    public PackMerger Merger { get; }

    public ObjectScrub Scrub { get; }

    public ObjectSweep Sweep { get; }

    /// <summary>From now on a site stands on it.</summary>
    public void Join(EngineSite site)
    {
        _rows.Joined[View] = site.Operations;
        _rows.Wipes[View] = site.Traces.TryWipeAsync;
        _rows.CatchUps[View] = ct => site.Committer.CatchUpAsync(ct);
    }

    /// <summary>Empties the cache, so that bytes come from where they are.</summary>
    public void ForgetCached() => _cache.Clear();

    /// <summary>Appends a group of members without records.</summary>
    public Task AppendAsync(Lane lane, params byte[][] blobs) => AppendAsync(0, lane, blobs);

    /// <summary>Appends a group of members, with one record when it has a number.</summary>
    public async Task AppendAsync(long sequence, Lane lane, params byte[][] blobs)
    {
        var group = new LogGroup();
        foreach (byte[] blob in blobs)
        {
            group.Add(lane, KeyOf(blob), blob);
        }

        if (sequence > 0)
        {
            group.SetJournal(System.Text.Encoding.ASCII.GetBytes($"{{\"seq\":{sequence},\"k\":\"x\"}}\n"), sequence, sequence);
        }

        await using ILogLock logLock = await Log.AcquireAsync(long.MaxValue, TestContext.Current.CancellationToken);
        await logLock.AppendAsync(group, TestContext.Current.CancellationToken);
    }

    /// <summary>Reads a blob; null when there is none.</summary>
    public Task<byte[]?> ReadAsync(byte[] blob, bool inPassing = false) => ReadAsync(KeyOf(blob), inPassing);

    /// <summary>Reads a member; null when there is none.</summary>
    public async Task<byte[]?> ReadAsync(MemberKey key, bool inPassing = false)
    {
        if (!Bytes.TryLocate(key, out MemberLocation location))
        {
            return null;
        }

        var body = new byte[location.Length];
        await Bytes.ReadVerifiedAsync(location, body, inPassing, TestContext.Current.CancellationToken);
        return body;
    }

    public static MemberKey KeyOf(byte[] blob) => MemberKey.Blob(Hutch.Model.BlobHash.Compute(blob));

    public async ValueTask DisposeAsync()
    {
        _rows.Joined.TryRemove(View, out _);
        _rows.Wipes.TryRemove(View, out _);
        _rows.CatchUps.TryRemove(View, out _);
        _rows.Writers.TryRemove(Bytes.Server, out _);
        await Bytes.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
