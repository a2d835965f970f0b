using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Storage.Segments;
using Hutch.Storage.Tests.Simulation;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Storage.Tests.Segments;

public class SegmentStoreBehaviourTests
{
    private static readonly Lane Today = Lane.Until(new DateOnly(2026, 11, 20));

    private readonly FaultyDisk _disk = new();

    public SegmentStoreBehaviourTests()
    {
        _disk.CreateFolder("/data");
        _disk.SyncFolder("/");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_running_read_of_a_retired_segment_completes_and_later_reads_must_locate_the_member_again()
    {
        await using SegmentStore store = await OpenAsync();
        (MemberKey key, byte[] body) = Make.Blob(9000, 1);
        await store.AppendAsync(Lane.Main, Make.Group(1, (key, body)), Token);
        await store.SealAsync(Token);
        Assert.True(store.TryLocate(key, out MemberLocation location));
        var read = new byte[9000];
        _disk.BeforeCall = call =>
        {
            if (call.Operation == DiskOperation.Read)
            {
                _disk.BeforeCall = null;
                Assert.True(store.RetireAsync(1, Token).IsCompletedSuccessfully);
            }
        };

        await store.ReadVerifiedAsync(location, read, Token);

        Assert.Equal(body, read);
        Assert.False(store.TryLocate(key, out _));
        await Assert.ThrowsAsync<SegmentRetiredException>(async () => await store.ReadVerifiedAsync(location, read, Token));
        Assert.DoesNotContain(_disk.Crash(0, Survival.None).FilesIn("/data/segments"), static name => name.EndsWith(".tar", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_member_is_read_whole_or_not_at_all()
    {
        await using SegmentStore store = await OpenAsync();
        (MemberKey key, byte[] body) = Make.Blob(5000, 1);
        await store.AppendAsync(Lane.Main, Make.Group(1, (key, body), Make.Blob(100, 2)), Token);
        Assert.True(store.TryLocate(key, out MemberLocation location));

        await Assert.ThrowsAsync<ArgumentException>(async () => await store.ReadVerifiedAsync(location, new byte[1000], Token));
    }

    [Fact]
    public async Task Transient_data_end_with_their_lane_and_are_no_target_for_deduplication()
    {
        SegmentStore store = await OpenAsync();
        (MemberKey key, byte[] body) = Make.Blob(3000, 1);
        await store.AppendAsync(Today, Make.Group(0, (key, body)), Token);
        Assert.True(store.TryLocate(key, out MemberLocation location));
        Assert.True(location.IsTransient);
        Assert.False(store.TryLocate(key, out _, lastingOnly: true));

        await store.AppendAsync(Lane.Main, Make.Group(1, (key, body)), Token);
        Assert.True(store.TryLocate(key, out location, lastingOnly: true));
        Assert.Equal([Today], store.TransientLanes);
        await store.DropLaneAsync(Today, Token);

        Assert.Empty(store.TransientLanes);
        Assert.Equal(body, await Make.ReadAsync(store, key));
        await store.AppendAsync(Today, Make.Group(0, Make.Blob(10, 2)), Token);
        await Assert.ThrowsAsync<ArgumentException>(() => store.DropLaneAsync(Lane.Main, Token));
        await store.DisposeAsync();
        (store, RecoveryReport report) = await StoreWorkload.OpenAsync(_disk.Crash(0, Survival.None), 2);
        Assert.False(report.HasDamage);
        Assert.Equal(2, store.Segments.Count);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task After_a_failed_sync_the_outcome_is_unknown_and_the_next_write_goes_to_a_new_segment()
    {
        await using SegmentStore store = await OpenAsync();
        (MemberKey key, byte[] body) = Make.Blob(100, 1);
        await store.AppendAsync(Lane.Main, Make.Group(1, Make.Blob(50, 2)), Token);
        _disk.FailWith = static call => call.Operation == DiskOperation.Sync ? new IOException("broken") : null;
        StorageUnknownOutcomeException e = await Assert.ThrowsAsync<StorageUnknownOutcomeException>(
            async () => await store.AppendAsync(Lane.Main, Make.Group(2, (key, body)), Token));
        Assert.Contains("a retry is safe", e.Message, StringComparison.Ordinal);
        _disk.FailWith = null;

        await store.AppendAsync(Lane.Main, Make.Group(2, (key, body)), Token);

        Assert.Equal(body, await Make.ReadAsync(store, key));
        Assert.Equal([1, 2], await Make.SequencesAsync(store, 0));
        Assert.Equal([SegmentState.Open, SegmentState.Abandoned], store.Segments.Select(static s => s.State));
        await store.SealAsync(Token);

        // The second segment speaks of the first, which recovery will still have to cut.
        Assert.Equal([false, true], store.Segments.Select(static s => s.CanRetire));
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.RetireAsync(2, Token));
        await store.RetireAsync(1, Token);
        Assert.True(Assert.Single(store.Segments).CanRetire);
    }

    [Fact]
    public async Task An_open_segment_cannot_be_retired()
    {
        await using SegmentStore store = await OpenAsync();
        await store.AppendAsync(Lane.Main, Make.Group(1), Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.RetireAsync(1, Token));
        await Assert.ThrowsAsync<SegmentRetiredException>(() => store.RetireAsync(9, Token));
    }

    [Fact]
    public async Task Segments_of_another_store_or_a_newer_format_are_refused_and_left_alone()
    {
        SegmentStore store = await OpenAsync();
        await store.AppendAsync(Lane.Main, Make.Group(1), Token);
        await store.DisposeAsync();
        byte[] before = _disk.ReadFile("/data/segments/0000000001.main.tar");

        var options = new SegmentOptions { StoreId = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), UseWriterThreads = false };
        StorageFormatException e = await Assert.ThrowsAsync<StorageFormatException>(
            () => SegmentStore.OpenAsync(_disk, "/data/segments", options, TimeProvider.System, Token));

        Assert.Contains("does not belong here", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, _disk.ReadFile("/data/segments/0000000001.main.tar"));
    }

    [Fact]
    public async Task Groups_that_make_no_sense_are_refused()
    {
        await using SegmentStore store = await OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(async () => await store.AppendAsync(Lane.Main, new SegmentGroup(), Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.AppendAsync(Lane.Bulk, Make.Group(1, Make.Blob(1, 1)), Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.AppendAsync(
            Lane.Main, Make.Group(1, (MemberKey.Blob(BlobHash.Compute("x"u8)), new byte[257 << 20])), Token));
        Assert.Throws<ArgumentException>(() => new SegmentGroup().Add(MemberKey.Journal(1, 1), default));
        Assert.Empty(store.Segments);
    }

    [Fact]
    public async Task A_cancelled_append_writes_nothing()
    {
        await using SegmentStore store = await OpenAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(
            async () => await store.AppendAsync(Lane.Main, Make.Group(1), new CancellationToken(canceled: true)));

        Assert.Empty(store.Segments);
    }

    [Fact]
    public async Task Files_beyond_the_limit_are_closed_and_opened_again()
    {
        await using SegmentStore store = await OpenAsync();
        List<(MemberKey Key, byte[] Body)> blobs = [.. Enumerable.Range(1, 12).Select(static i => Make.Blob(500, i))];
        foreach ((int i, (MemberKey Key, byte[] Body) blob) in blobs.Index())
        {
            await store.AppendAsync(Lane.Main, Make.Group(i + 1, blob), Token);
            await store.SealAsync(Token);
        }

        for (int round = 0; round < 3; round++)
        {
            foreach ((MemberKey key, byte[] body) in blobs)
            {
                Assert.Equal(body, await Make.ReadAsync(store, key));
            }
        }

        Assert.Equal(12, store.Segments.Count);
    }

    [Fact]
    public async Task A_lookup_never_misses_a_member_that_is_being_moved()
    {
        using var folder = new TemporaryFolder();
        (SegmentStore store, _) = await SegmentStore.OpenAsync(
            Disk.LocalDisk.Instance, folder.Path, new SegmentOptions { ReserveBytes = 0, ZeroAheadBytes = 4096 }, TimeProvider.System, Token);
        (MemberKey key, byte[] body) = Make.Blob(100, 1);
        await store.AppendAsync(Lane.Main, Make.Group(0, (key, body)), Token);
        await store.SealAsync(Token);
        bool done = false;
        int misses = 0;
        Task reading = Task.Run(
            () =>
            {
                while (!Volatile.Read(ref done))
                {
                    misses += store.TryLocate(key, out _) ? 0 : 1;
                }
            },
            Token);

        for (int i = 0; i < 60; i++)
        {
            long old = store.Segments[0].Number;
            await store.AppendAsync(Lane.Main, Make.Group(0, (key, body)), Token);
            await store.SealAsync(Token);
            await store.RetireAsync(old, Token);
        }

        Volatile.Write(ref done, true);
        await reading;
        Assert.Equal(0, misses);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_store_opens_on_a_disk_without_any_space_and_seals_when_there_is_some()
    {
        SegmentStore store = await OpenAsync();
        List<(MemberKey Key, byte[] Body)> blobs = [.. Enumerable.Range(1, 30).Select(static i => Make.Blob(30, i))];
        foreach ((int i, (MemberKey Key, byte[] Body) blob) in blobs.Index())
        {
            await store.AppendAsync(Lane.Main, Make.Group(i + 1, blob), Token);
        }

        await store.DisposeAsync();
        long tooLittle = _disk.TakenBytes - (7 << 10);
        _disk.CapacityBytes = tooLittle;

        (store, RecoveryReport report) = await StoreWorkload.OpenAsync(_disk, 2);
        Assert.Equal(RecoveryOutcome.LeftUnsealed, Assert.Single(report.Recovered).Outcome);
        await CheckAsync();
        await store.DisposeAsync();

        _disk.CapacityBytes = long.MaxValue;
        (store, report) = await StoreWorkload.OpenAsync(_disk.Crash(0, Survival.None), 3);
        Assert.Equal(RecoveryOutcome.Sealed, Assert.Single(report.Recovered).Outcome);
        await CheckAsync();
        await store.DisposeAsync();

        async Task CheckAsync()
        {
            foreach ((MemberKey key, byte[] body) in blobs)
            {
                Assert.Equal(body, await Make.ReadAsync(store, key));
            }

            Assert.Equal(30, (await Make.SequencesAsync(store, 0)).Count);
        }
    }

    [Fact]
    public async Task A_segment_that_could_not_be_removed_is_still_there_to_be_removed()
    {
        await using SegmentStore store = await OpenAsync();
        await store.AppendAsync(Lane.Main, Make.Group(1, Make.Blob(100, 1)), Token);
        await store.SealAsync(Token);
        (MemberKey key, byte[] body) = Make.Blob(100, 2);
        await store.AppendAsync(Today, Make.Group(0, (key, body)), Token);
        _disk.FailWith = static call => call.Operation == DiskOperation.Delete ? new IOException("broken") : null;

        await Assert.ThrowsAsync<IOException>(() => store.RetireAsync(1, Token));
        await Assert.ThrowsAsync<IOException>(() => store.DropLaneAsync(Today, Token));
        Assert.Equal(body, await Make.ReadAsync(store, key));
        _disk.FailWith = null;
        await store.RetireAsync(1, Token);
        await store.DropLaneAsync(Today, Token);

        Assert.DoesNotContain(_disk.Crash(0, Survival.None).FilesIn("/data/segments"), static name => name.EndsWith(".tar", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_store_does_is_measured()
    {
        var seen = new Dictionary<string, double>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        await using SegmentStore store = await OpenAsync();
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Other tests have meters of the same name.
            if (instrument.Meter == store.Meter.Instance)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen[instrument.Name] = seen.GetValueOrDefault(instrument.Name) + value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen[instrument.Name] = value);
        listener.Start();

        await store.AppendAsync(Lane.Main, Make.Group(1, Make.Blob(100, 1)), Token);
        await store.AppendAsync(Today, Make.Group(0, Make.Blob(100, 2)), Token);
        listener.RecordObservableInstruments();

        Assert.Equal(2, seen["hutch.storage.groups"]);
        Assert.Equal(2, seen["hutch.storage.segments"]);
        Assert.Equal(2 * 2048, seen["hutch.storage.group.bytes"]);
        Assert.True(seen["hutch.storage.commit.seconds"] > 0);
        Assert.True(seen["hutch.storage.free.bytes"] > 0);
    }

    [Fact]
    public async Task Scrubbing_rests_when_it_is_ahead_of_its_rate()
    {
        var time = new SkippingTime();
        (SegmentStore store, _) = await SegmentStore.OpenAsync(_disk, StoreWorkload.Folder, StoreWorkload.Options(1), time, Token);
        await using SegmentStore closing = store;
        await store.AppendAsync(Lane.Main, Make.Group(1, Make.Blob(20_000, 1)), Token);

        ScrubReport report = await store.ScrubAsync(1, 100_000, Token);

        Assert.True(report.IsClean);
        Assert.Equal(2, report.Members);
        Assert.InRange(time.Skipped, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.3)); // 20 kB at 100 kB a second
    }

    [Fact]
    public async Task Short_reads_of_the_disk_change_nothing()
    {
        SegmentStore store = await OpenAsync();
        (MemberKey key, byte[] body) = Make.Blob(9000, 1);
        await store.AppendAsync(Lane.Main, Make.Group(1, (key, body)), Token);
        await store.DisposeAsync();
        _disk.ShortReads = true;

        (store, RecoveryReport report) = await StoreWorkload.OpenAsync(_disk, 1);

        Assert.False(report.HasDamage);
        Assert.Equal(body, await Make.ReadAsync(store, key));
        Assert.Equal([1], await Make.SequencesAsync(store, 0));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_crafted_blob_that_looks_like_groups_is_never_taken_for_one()
    {
        // A whole valid segment, of another id since that is secret, as a blob in the torn end of a segment.
        var other = new FaultyDisk();
        (SegmentStore forger, _) = await StoreWorkload.OpenAsync(other, 99);
        for (int i = 1; i < 6; i++)
        {
            await forger.AppendAsync(Lane.Main, Make.Group(100 + i, Make.Blob(50, i)), Token);
        }

        byte[] crafted = other.ReadFile("/data/segments/0000000001.main.tar");
        await forger.DisposeAsync();
        SegmentStore store = await OpenAsync();
        await store.AppendAsync(Lane.Main, Make.Group(1, Make.Blob(100, 1)), Token);
        long before = _disk.Calls;
        FaultyDisk? torn = null;
        _disk.BeforeCall = call => torn ??= call.Operation == DiskOperation.Sync && call.Number > before ? Torn(call) : null;
        await store.AppendAsync(Lane.Main, Make.Group(2, (MemberKey.Blob(BlobHash.Compute(crafted)), crafted)), Token);
        _disk.BeforeCall = null;
        await store.DisposeAsync();

        (store, RecoveryReport report) = await StoreWorkload.OpenAsync(torn!, 5);

        Assert.False(report.HasDamage, string.Join(";", report.Damage));
        Assert.Equal([1], await Make.SequencesAsync(store, 0));
        await store.DisposeAsync();

        // All of the write survives but its first block: the header of the crafted blob.
        FaultyDisk Torn(DiskCall call)
        {
            FaultyDisk left = _disk.Crash(0, Survival.All);
            int at = System.Text.Encoding.Latin1.GetString(left.ReadFile(call.Path)).IndexOf(MemberKey.Blob(BlobHash.Compute(crafted)).ToString(), StringComparison.Ordinal);
            for (int bit = 0; at >= 0 && bit < 8; bit++)
            {
                left.FlipBit(call.Path, at + bit, bit);
            }

            return at >= 0 ? left : null!;
        }
    }

    private async Task<SegmentStore> OpenAsync() => (await StoreWorkload.OpenAsync(_disk, 1)).Store;
}
