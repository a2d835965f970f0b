using Hutch.Disk;
using Hutch.Federation.Copies;
using Hutch.Federation.Reading;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Blobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Federation.Tests.Reading;

/// <summary>Somebody who reads through from a home that may lie.</summary>
internal sealed class RemoteReader : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-reading-").FullName;
    private readonly HonestHome _honest;
    private readonly ReadCache _cache;
    private readonly ReadCounts _counts = new(static () => 0);
    private readonly IDisposable _work;
    private readonly bool _isShared;

    private RemoteReader(
        HonestHome honest, IHomePeer home, string homeId, long cacheBytes, TimeProvider time, ReadCache? shared, IHomePeer? copy = null)
    {
        (_honest, Home, _isShared) = (honest, home, shared is not null);
        _cache = shared
            ?? new ReadCache(() => ScratchFile.Open(LocalDisk.Instance, _folder, Guid.NewGuid()), cacheBytes, static _ => true);
        Origin = new HomeOrigin(
            homeId, (_, _, _) => Task.FromResult(Found(Home)), RootsAsync, _cache, _counts, time, NullLogger.Instance)
        {
            Holders = copy is null ? null : new ReadHolders(
                homeId, (_, _) => new ValueTask<IReadOnlyList<string>>(["copy", homeId]), (_, _, _) => Task.FromResult(Found(copy)),
                static (siteId, _) => new ValueTask<string>(siteId), _cache, _counts, time, NullLogger.Instance),
        };
        _work = new ActiveRequests(TimeProvider.System, 4 << 20).Begin("ada", RequestClass.Interactive, "rest", "GET");
        RequestScope.Current!.Reading = new DatasetReading(honest.Order.Dataset, null);
    }

    /// <summary>Null for one that cannot be dialled.</summary>
    public IHomePeer? Home { get; set; }

    public HomeOrigin Origin { get; }

    public static RemoteReader From(HonestHome honest, IHomePeer home, long cacheBytes = 64 << 20, TimeProvider? time = null) =>
        new(honest, home, "home", cacheBytes, time ?? TimeProvider.System, null);

    /// <summary>Somebody who is nearer to a copy than to the home.</summary>
    public static RemoteReader Near(HonestHome honest, IHomePeer copy, TimeProvider? time = null) =>
        new(honest, honest.Home, "home", 64 << 20, time ?? TimeProvider.System, null, copy);

    /// <summary>Somebody who reads from another home through the same cache.</summary>
    public RemoteReader And(IHomePeer home, string homeId) => new(_honest, home, homeId, 0, TimeProvider.System, _cache);

    /// <summary>Reads a file part by part, as a download does.</summary>
    public async Task<byte[]> ReadAsync(byte[] expected, CancellationToken ct = default)
    {
        IExternalBlob blob = (await Origin.FindAsync(BlobHash.Compute(expected), ct))!;
        var bytes = new byte[blob.Size];
        for (long at = 0; at < blob.Size;)
        {
            Extent part = blob.PartAt(at, blob.Size);
            await blob.ReadAsync(part, bytes.AsMemory((int)part.Offset, part.Length), ct);
            at += part.Length;
        }

        return bytes;
    }

    /// <summary>Reads the first part of a file.</summary>
    public async Task<byte[]> ReadFirstAsync(byte[] expected)
    {
        IExternalBlob blob = (await Origin.FindAsync(BlobHash.Compute(expected), CancellationToken.None))!;
        Extent part = blob.PartAt(0, blob.Size);
        var bytes = new byte[part.Length];
        await blob.ReadAsync(part, bytes, CancellationToken.None);
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        _work.Dispose();
        await Origin.DisposeAsync();
        if (!_isShared)
        {
            _cache.Dispose();
        }

        _counts.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Result<IHomePeer> Found(IHomePeer? home) =>
        home is not null ? Result<IHomePeer>.Ok(home) : ErrorCode.Unavailable.With("It cannot be dialled.");

    private Task<IReadOnlyList<TreeRoot>> RootsAsync(DatasetId dataset, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<TreeRoot>>([TreeRoot.Empty with { Page = _honest.Root }]);
}
