using System.Text;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Storage.Segments;
using Hutch.Storage.Tests.Simulation;

namespace Hutch.Storage.Tests.Segments;

/// <summary>The list of damaged members: however much is damaged, it costs in proportion and stops nothing.</summary>
public sealed class QuarantineTests
{
    private const string ListPath = StoreWorkload.Folder + "/quarantine.jsonl";

    private readonly FaultyDisk _disk = new();

    public QuarantineTests()
    {
        _disk.CreateFolder("/data");
        _disk.SyncFolder("/");
        _disk.CreateFolder(StoreWorkload.Folder);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_quarantine_list_longer_than_the_read_limit_does_not_prevent_opening_the_store()
    {
        using (IDiskFile file = _disk.Open(ListPath, DiskAccess.CreateNew))
        {
            file.Write(Encoding.ASCII.GetBytes(Line(1)), 0);
            file.Write("x\n"u8, 65 << 20);
        }

        (SegmentStore store, _) = await StoreWorkload.OpenAsync(_disk, 1);

        // The segment that it speaks of is gone.
        Assert.Empty(store.Quarantined);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Damage_that_is_found_piece_by_piece_is_written_down_piece_by_piece()
    {
        const int Members = 300;
        (MemberKey Key, byte[] Body)[] blobs = [.. Enumerable.Range(0, Members).Select(i => Make.Blob(100, i))];
        (SegmentStore store, _) = await StoreWorkload.OpenAsync(_disk, 1);
        await store.AppendAsync(Lane.Main, Make.Group(1, blobs), Token);
        await store.SealAsync(Token);
        long written = 0;
        foreach ((MemberKey key, byte[] body) in blobs)
        {
            Assert.True(store.TryLocate(key, out MemberLocation location));
            _disk.FlipBit(store.Segments[0].Path, location.Offset, 1);
        }

        _disk.BeforeCall = call => written += call.Operation == DiskOperation.Write ? call.Length : 0;
        foreach ((MemberKey key, byte[] body) in blobs)
        {
            Assert.True(store.TryLocate(key, out MemberLocation location));
            await Assert.ThrowsAsync<QuarantinedException>(async () => await store.ReadVerifiedAsync(location, new byte[body.Length], Token));
        }

        int list = _disk.ReadFile(ListPath).Length;
        IReadOnlyList<QuarantinedMember> before = store.Quarantined;
        await store.DisposeAsync();
        (store, _) = await StoreWorkload.OpenAsync(_disk, 2);

        Assert.Equal(Members, before.Count);
        Assert.Equal(before, store.Quarantined);
        Assert.True(written <= 2 * list, $"{written} bytes were written for a list of {list}");
        Assert.True(store.IsQuarantined(blobs[7].Key));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_line_that_was_cut_by_a_power_cut_does_not_swallow_the_next()
    {
        (MemberKey key, byte[] body) = Make.Blob(100, 1);
        (SegmentStore store, _) = await StoreWorkload.OpenAsync(_disk, 1);
        await store.AppendAsync(Lane.Main, Make.Group(1, (key, body)), Token);
        await store.SealAsync(Token);
        await store.DisposeAsync();
        using (IDiskFile file = _disk.Open(ListPath, DiskAccess.CreateNew))
        {
            file.Write(Encoding.ASCII.GetBytes(Line(1)[..40]), 0);
        }

        (store, _) = await StoreWorkload.OpenAsync(_disk, 2);
        Assert.True(store.TryLocate(key, out MemberLocation location));
        _disk.FlipBit(store.Segments[0].Path, location.Offset, 1);
        await Assert.ThrowsAsync<QuarantinedException>(async () => await store.ReadVerifiedAsync(location, new byte[body.Length], Token));
        await store.DisposeAsync();
        (store, _) = await StoreWorkload.OpenAsync(_disk, 3);

        Assert.Equal(key.ToString(), Assert.Single(store.Quarantined).Name);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_damaged_line_names_nothing_that_is_whole_and_one_of_an_older_program_counts()
    {
        (MemberKey key, byte[] body)[] blobs = [Make.Blob(100, 1), Make.Blob(100, 2), Make.Blob(100, 3)];
        (SegmentStore store, _) = await StoreWorkload.OpenAsync(_disk, 1);
        await store.AppendAsync(Lane.Main, Make.Group(1, blobs), Token);
        await store.SealAsync(Token);
        MemberLocation[] places = [.. blobs.Select(blob => store.TryLocate(blob.key, out MemberLocation location) ? location : default)];
        _disk.FlipBit(store.Segments[0].Path, places[0].Offset, 1);
        await Assert.ThrowsAsync<QuarantinedException>(async () => await store.ReadVerifiedAsync(places[0], new byte[100], Token));
        await store.DisposeAsync();
        string line = Encoding.ASCII.GetString(_disk.ReadFile(ListPath));
        string old = line[..line.IndexOf(",\"crc\"", StringComparison.Ordinal)] + "}\n";
        string At(string text, int place) => text.Replace($"\"offset\":{places[0].Offset}", $"\"offset\":{places[place].Offset}", StringComparison.Ordinal);
        using (IDiskFile file = _disk.Open(ListPath, DiskAccess.ReadWrite))
        {
            file.Write(Encoding.ASCII.GetBytes(At(line, 1) + At(old, 2)), 0);
        }

        (store, _) = await StoreWorkload.OpenAsync(_disk, 2);

        Assert.Equal(places[2].Offset, Assert.Single(store.Quarantined).Offset);
        Assert.Equal(blobs[1].body, await Make.ReadAsync(store, blobs[1].key));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task What_the_disk_fails_to_read_is_not_given_up_and_read_when_the_disk_can_again()
    {
        (MemberKey key, byte[] body) = Make.Blob(5000, 1);
        (MemberKey other, byte[] otherBody) = Make.Blob(5000, 2);
        (SegmentStore store, _) = await StoreWorkload.OpenAsync(_disk, 1);
        await store.AppendAsync(Lane.Main, Make.Group(1, (key, body), (other, otherBody)), Token);
        await store.SealAsync(Token);
        Assert.True(store.TryLocate(key, out MemberLocation location));
        string path = store.Segments[0].Path;
        _disk.FailWith = call => call.Operation == DiskOperation.Read && call.Path == path && call.Offset == location.Offset
            ? new IOException("Input/output error")
            : null;

        MemberUnreadableException failure = await Assert.ThrowsAsync<MemberUnreadableException>(
            async () => await store.ReadVerifiedAsync(location, new byte[body.Length], Token));
        ScrubReport scrubbed = await store.ScrubAsync(1, long.MaxValue, Token);
        _disk.FailWith = null;

        Assert.Contains("Input/output error", failure.Message, StringComparison.Ordinal);
        Assert.Contains("cannot read", Assert.Single(scrubbed.Damage).What, StringComparison.Ordinal);
        Assert.Equal(3, scrubbed.Members);
        Assert.Empty(store.Quarantined);
        Assert.Equal(body, await Make.ReadAsync(store, key));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_segment_whose_end_the_disk_cannot_read_is_missed_and_the_others_are_served()
    {
        (MemberKey lost, byte[] lostBody) = Make.Blob(5000, 1);
        (MemberKey kept, byte[] keptBody) = Make.Blob(5000, 2);
        (SegmentStore store, _) = await StoreWorkload.OpenAsync(_disk, 1);
        await store.AppendAsync(Lane.Bulk, Make.Group(0, (lost, lostBody)), Token);
        await store.AppendAsync(Lane.Main, Make.Group(1, (kept, keptBody)), Token);
        await store.SealAsync(Token);
        Assert.True(store.TryLocate(lost, out MemberLocation location));
        string path = store.Segments.Single(segment => segment.Number == location.Segment).Path;
        await store.DisposeAsync();

        _disk.FailWith = call => call.Operation == DiskOperation.Read && call.Path == path ? new IOException("Input/output error") : null;
        (store, RecoveryReport report) = await StoreWorkload.OpenAsync(_disk, 2);
        Assert.Contains("the disk cannot read the segment", Assert.Single(report.Damage).What, StringComparison.Ordinal);
        Assert.Equal([Path.GetFileName(path)], store.LostSegments);
        Assert.False(store.TryLocate(lost, out _));
        Assert.Equal(keptBody, await Make.ReadAsync(store, kept));
        await store.DisposeAsync();

        _disk.FailWith = null;
        (store, report) = await StoreWorkload.OpenAsync(_disk, 3);
        Assert.False(report.HasDamage);
        Assert.Equal(lostBody, await Make.ReadAsync(store, lost));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_part_of_the_journal_that_the_disk_cannot_read_ends_the_opening_with_words()
    {
        (SegmentStore store, _) = await StoreWorkload.OpenAsync(_disk, 1);
        await store.AppendAsync(Lane.Main, Make.Group(1, Make.Blob(100, 1)), Token);
        await store.SealAsync(Token);
        string path = store.Segments[0].Path;
        await store.DisposeAsync();
        _disk.FailWith = call => call.Operation == DiskOperation.Read && call.Path == path ? new IOException("Input/output error") : null;

        IOException refusal = await Assert.ThrowsAsync<IOException>(() => StoreWorkload.OpenAsync(_disk, 2));

        Assert.Contains("which has a part of the journal: Input/output error", refusal.Message, StringComparison.Ordinal);
    }

    private static string Line(long segment) =>
        $"{{\"segment\":{segment},\"offset\":512,\"length\":100,\"member\":\"blobs/{new string('a', 64)}\"}}\n";
}
