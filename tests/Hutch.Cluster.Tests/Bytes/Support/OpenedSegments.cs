using Hutch.Disk;
using Hutch.Storage;
using Hutch.Storage.Segments;

namespace Hutch.Cluster.Tests.Bytes.Support;

/// <summary>A folder of segments as the embedded engine opens it.</summary>
internal sealed class OpenedSegments(SegmentStore store, RecoveryReport report) : IAsyncDisposable
{
    public bool HasDamage => report.HasDamage || store.IsIncomplete;

    public static async Task<OpenedSegments> OpenAsync(IDisk disk, string dataFolder, TimeProvider time)
    {
        (SegmentStore store, RecoveryReport report) = await SegmentStore.OpenAsync(
            disk, Path.Combine(dataFolder, "segments"), new SegmentOptions { StoreId = ClusterServer.Site, UseWriterThreads = false }, time, TestContext.Current.CancellationToken);
        return new OpenedSegments(store, report);
    }

    public async Task<List<long>> SequencesAsync()
    {
        var all = new List<long>();
        await foreach (JournalGroup group in store.ReadJournalAsync(0, TestContext.Current.CancellationToken))
        {
            all.Add(group.FirstSequence);
        }

        return all;
    }

    public async Task<byte[]> ReadAsync(MemberKey key)
    {
        Assert.True(store.TryLocate(key, out MemberLocation location));
        var body = new byte[location.Length];
        await store.ReadVerifiedAsync(location, body, inPassing: false, TestContext.Current.CancellationToken);
        return body;
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
