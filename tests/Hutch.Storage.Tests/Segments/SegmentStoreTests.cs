using Hutch.Disk;
using Hutch.Storage.Segments;
using Hutch.Testing;

namespace Hutch.Storage.Tests.Segments;

public class SegmentStoreTests
{
    private static readonly SegmentOptions Options = new() { ReserveBytes = 0 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_appended_is_found_and_read_back_before_and_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        (MemberKey, byte[])[] blobs = [Make.Blob(0, 1), Make.Blob(1, 2), Make.Blob(4096, 3), Make.Blob(100_000, 4), Make.Blob(1 << 20, 5)];
        (SegmentStore store, _) = await SegmentStore.OpenAsync(LocalDisk.Instance, folder.Path, Options, Make.Time, Token);
        await using (store)
        {
            await store.AppendAsync(Lane.Main, Make.Group(1, blobs[..3]), Token);
            await store.AppendAsync(Lane.Main, Make.Group(2, blobs[3..]), Token);
            await CheckAsync(store, blobs);
        }

        (store, RecoveryReport report) = await SegmentStore.OpenAsync(LocalDisk.Instance, folder.Path, Options, Make.Time, Token);
        await using (store)
        {
            Assert.False(report.HasDamage);
            Assert.Equal(2, report.LastSequence);
            await CheckAsync(store, blobs);
            await store.AppendAsync(Lane.Main, Make.Group(3, Make.Blob(77, 6)), Token);
            await store.SealAsync(Token);
            Assert.Equal([1, 2, 3], await Make.SequencesAsync(store, 0));
            Assert.Equal([3], await Make.SequencesAsync(store, 2));
            Assert.All(store.Segments, static s => Assert.Equal(SegmentState.Sealed, s.State));
        }

        (store, report) = await SegmentStore.OpenAsync(LocalDisk.Instance, folder.Path, Options, Make.Time, Token);
        await using (store)
        {
            Assert.Empty(report.Recovered);
            await CheckAsync(store, blobs);
        }
    }

    [Fact]
    public async Task A_segment_is_sealed_before_its_index_in_memory_has_more_members_than_it_may()
    {
        using var folder = new TemporaryFolder();
        var options = new SegmentOptions { ReserveBytes = 0, SegmentMembers = 10 };
        (SegmentStore store, _) = await SegmentStore.OpenAsync(LocalDisk.Instance, folder.Path, options, Make.Time, Token);
        await using (store)
        {
            for (int i = 0; i < 12; i++)
            {
                await store.AppendAsync(Lane.Main, Make.Group(i + 1, Make.Blob(10, 2 * i), Make.Blob(10, (2 * i) + 1)), Token);
            }

            // Two blobs and a journal each time.
            Assert.Equal([9, 9, 9, 9], store.Segments.Select(static segment => segment.Members));
            Assert.Equal(Enumerable.Range(1, 12).Select(static i => (long)i), await Make.SequencesAsync(store, 0));
            for (int i = 0; i < 24; i++)
            {
                (MemberKey key, byte[] body) = Make.Blob(10, i);
                Assert.Equal(body, await Make.ReadAsync(store, key));
            }
        }
    }

    private static async Task CheckAsync(SegmentStore store, (MemberKey Key, byte[] Body)[] blobs)
    {
        foreach ((MemberKey key, byte[] body) in blobs)
        {
            Assert.Equal(body, await Make.ReadAsync(store, key));
        }

        Assert.Equal([1, 2], (await Make.SequencesAsync(store, 0))[..2]);
    }
}
