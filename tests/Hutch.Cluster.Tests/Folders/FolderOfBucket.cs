using System.Text;
using Hutch.Buckets;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Objects;
using Hutch.Site.Engines.Segments;
using Hutch.Storage;
using Hutch.Storage.Segments;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>A store of segments in a data folder, whose sealed segments are in a bucket.</summary>
internal sealed class FolderOfBucket : IAsyncDisposable
{
    public const string Data = "/data";

    private FolderOfBucket(SegmentBucket bucket, SegmentStore store, RecoveryReport report) =>
        (Bucket, Store, Report) = (bucket, store, report);

    public SegmentBucket Bucket { get; }

    public SegmentStore Store { get; }

    public RecoveryReport Report { get; }

    public static FolderSettings Settings { get; } = new()
    {
        CacheBytes = 0,
        ReserveBytes = 0,
        PlaceOf = static _ => "here",
    };

    /// <summary>Opens it: with nothing on the local disk but what must be there, unless the settings say otherwise.</summary>
    public static async Task<FolderOfBucket> OpenAsync(IDisk disk, IObjectStore objects, FolderSettings? settings = null, TimeProvider? time = null)
    {
        disk.CreateFolder(Data);
        disk.SyncFolder("/");
        SegmentBucket bucket = await SegmentBucket.OpenAsync(
            disk, Data, objects, settings ?? Settings, time ?? TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        var options = new SegmentOptions
        {
            SegmentBytes = 1 << 20,
            ZeroAheadBytes = 8 << 10,
            ReserveAheadBytes = 8 << 10,
            ReserveBytes = 0,
            UseWriterThreads = false,
        };
        (SegmentStore store, RecoveryReport report) = await SegmentStore.OpenAsync(
            bucket.Disk, SegmentInspection.FolderOf(Data), options, bucket.LastNumber, time ?? TimeProvider.System, CancellationToken.None);
        return new FolderOfBucket(bucket, store, report);
    }

    /// <summary>Seals and stores everything; the refusal is null when the bucket has it.</summary>
    public async Task<HutchError?> SecureAsync() => (await Bucket.SecureAsync(new SealedSegments(Store), CancellationToken.None)).Error;

    /// <summary>Appends blobs with a record.</summary>
    public async Task AppendAsync(long sequence, params byte[][] blobs)
    {
        var group = new SegmentGroup();
        foreach (byte[] blob in blobs)
        {
            group.Add(KeyOf(blob), blob);
        }

        group.SetJournal(Encoding.UTF8.GetBytes($"{{\"seq\":{sequence},\"k\":\"test\"}}\n"), sequence, sequence);
        await Store.AppendAsync(Lane.Main, group, CancellationToken.None);
    }

    /// <summary>Reads a blob; null when it is not found.</summary>
    public async Task<byte[]?> ReadAsync(byte[] blob)
    {
        if (!Store.TryLocate(KeyOf(blob), out MemberLocation location))
        {
            return null;
        }

        var body = new byte[location.Length];
        await Store.ReadVerifiedAsync(location, body, CancellationToken.None);
        return body;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Bucket.DisposeAsync();
    }

    public static byte[] Blob(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static MemberKey KeyOf(byte[] blob) => MemberKey.Blob(BlobHash.Compute(blob));
}
