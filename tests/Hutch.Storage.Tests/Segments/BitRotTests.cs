using System.Text;
using Hutch.Disk.Faults;
using Hutch.Storage.Segments;
using Hutch.Storage.Tests.Simulation;

namespace Hutch.Storage.Tests.Segments;

/// <summary>One bit turns over somewhere in a store at rest. Whatever bit it is: no wrong byte is served and no wrong record replayed.</summary>
public class BitRotTests
{
    private static readonly List<(MemberKey Key, byte[] Body)> Blobs =
        [.. Enumerable.Range(1, 9).Select(static i => Make.Blob(i % 4 == 0 ? 9000 : 40 * i, i))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Trait("Quick", "no")]
    [Fact]
    public async Task A_sealed_segment_with_any_bit_flipped_serves_right_bytes_or_none()
    {
        FaultyDisk disk = await MakeAsync(seal: true);
        string path = PathOf(disk);
        long length = disk.ReadFile(path).Length;
        int damaged = 0;
        for (long offset = 0; offset < length; offset += 11)
        {
            FaultyDisk rotten = disk.Crash(0, Survival.All);
            rotten.FlipBit(path, offset, (int)(offset % 8));
            damaged += await CheckAsync(rotten, offset, mayLoseLastGroup: false) ? 1 : 0;
        }

        Assert.True(damaged > Blobs.Sum(static b => b.Body.Length) / 11, $"{damaged} detected");
    }

    [Trait("Quick", "no")]
    [Fact]
    public async Task An_unsealed_segment_with_any_bit_flipped_loses_no_group_that_another_one_follows()
    {
        FaultyDisk disk = await MakeAsync(seal: false);
        string path = PathOf(disk);
        long length = disk.ReadFile(path).Length;
        for (long offset = 0; offset < length; offset += 11)
        {
            FaultyDisk rotten = disk.Crash(0, Survival.All);
            rotten.FlipBit(path, offset, (int)(offset % 8));
            await CheckAsync(rotten, offset, mayLoseLastGroup: true);
        }
    }

    [Theory]
    [InlineData("blobs/")]
    [InlineData("journal/")]
    public async Task A_damaged_body_is_found_reported_and_stays_in_quarantine(string prefix)
    {
        FaultyDisk disk = await MakeAsync(seal: true);
        string path = PathOf(disk);
        long header = Find(disk.ReadFile(path), prefix);
        disk.FlipBit(path, header + 512 + 20, 3);
        (SegmentStore store, _) = await StoreWorkload.OpenAsync(disk, 1);

        ScrubReport report = await store.ScrubAsync(1, long.MaxValue, Token);

        Assert.False(report.IsClean);
        QuarantinedMember bad = Assert.Single(report.Quarantined);
        Assert.StartsWith(prefix, bad.Name, StringComparison.Ordinal);
        Assert.Equal(report.Quarantined, store.Quarantined);
        await store.DisposeAsync();

        (store, _) = await StoreWorkload.OpenAsync(disk.Crash(0, Survival.None), 2);
        Assert.Equal(report.Quarantined, store.Quarantined);
        if (prefix == "journal/")
        {
            await Assert.ThrowsAsync<QuarantinedException>(() => Make.SequencesAsync(store, 0));
        }
        else
        {
            (MemberKey key, byte[] body) = Blobs.Single(b => b.Key.ToString() == bad.Name);
            Assert.False(store.TryLocate(key, out _));
            Assert.True(store.IsQuarantined(key));

            // A good copy heals it.
            await store.AppendAsync(Lane.Main, Make.Group(100, (key, body)), Token);
            Assert.Equal(body, await Make.ReadAsync(store, key));
        }

        await store.RetireAsync(1, Token);
        Assert.Empty(store.Quarantined);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_damaged_header_or_index_costs_no_data_and_is_reported_by_scrubbing()
    {
        FaultyDisk disk = await MakeAsync(seal: true);
        string path = PathOf(disk);
        byte[] bytes = disk.ReadFile(path);
        foreach (long offset in new[] { Find(bytes, "blobs/") + 3, Find(bytes, "hutch-index") + 512 + 7, bytes.Length - 2048 - 600 })
        {
            FaultyDisk rotten = disk.Crash(0, Survival.All);
            rotten.FlipBit(path, offset, 0);
            (SegmentStore store, _) = await StoreWorkload.OpenAsync(rotten, 1);
            foreach ((MemberKey key, byte[] body) in Blobs)
            {
                Assert.Equal(body, await Make.ReadAsync(store, key));
            }

            Assert.False((await store.ScrubAsync(1, long.MaxValue, Token)).IsClean);
            Assert.Empty(store.Quarantined);
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_damaged_group_in_the_middle_of_an_unsealed_segment_is_corruption_and_what_checks_is_kept()
    {
        FaultyDisk disk = await MakeAsync(seal: false);
        string path = PathOf(disk);
        long header = Find(disk.ReadFile(path), $"blobs/{Blobs[3].Key.Hash}");
        disk.FlipBit(path, header + 512 + 100, 1);

        (SegmentStore store, RecoveryReport report) = await StoreWorkload.OpenAsync(disk, 1);

        Assert.True(report.HasDamage);
        Assert.Equal(RecoveryOutcome.Damaged, Assert.Single(report.Recovered).Outcome);
        Assert.True(store.IsQuarantined(Blobs[3].Key));
        Assert.False(store.TryLocate(Blobs[3].Key, out _));
        foreach ((MemberKey key, byte[] body) in Blobs.Where(static (_, i) => i != 3))
        {
            Assert.Equal(body, await Make.ReadAsync(store, key));
        }

        Assert.Equal([1, 2, 3, 4, 5], await Make.SequencesAsync(store, 0));
        await store.DisposeAsync();
    }

    /// <summary>Nine blobs in five groups of one segment.</summary>
    private static async Task<FaultyDisk> MakeAsync(bool seal)
    {
        var disk = new FaultyDisk();
        disk.CreateFolder("/data");
        disk.SyncFolder("/");
        (SegmentStore store, _) = await StoreWorkload.OpenAsync(disk, 1);
        foreach ((int i, (MemberKey, byte[])[] members) in Blobs.Chunk(2).Index())
        {
            await store.AppendAsync(Lane.Main, Make.Group(i + 1, members), Token);
        }

        if (seal)
        {
            await store.SealAsync(Token);
        }

        await store.DisposeAsync();
        return disk;
    }

    /// <summary>Returns whether anything was missed, refused or reported; fails when something wrong was served.</summary>
    private static async Task<bool> CheckAsync(FaultyDisk disk, long offset, bool mayLoseLastGroup)
    {
        (SegmentStore store, RecoveryReport report) = await StoreWorkload.OpenAsync(disk, 1);
        bool noticed = report.HasDamage;
        foreach (((MemberKey key, byte[] body), int i) in Blobs.Select(static (b, i) => (b, i)))
        {
            if (!store.TryLocate(key, out MemberLocation location))
            {
                bool inLastGroup = i >= 8;
                Assert.True(store.IsQuarantined(key) || report.HasDamage || (mayLoseLastGroup && inLastGroup), $"byte {offset}: {key} vanished");
                noticed = true;
                continue;
            }

            var read = new byte[location.Length];
            try
            {
                await store.ReadVerifiedAsync(location, read, Token);
                Assert.True(read.AsSpan().SequenceEqual(body), $"byte {offset}: wrong bytes of {key}");
            }
            catch (QuarantinedException)
            {
                Assert.True(store.IsQuarantined(key));
                noticed = true;
            }
        }

        noticed |= await CheckJournalAsync(store, report, offset, mayLoseLastGroup);
        noticed |= !(await store.ScrubAsync(1, long.MaxValue, Token)).IsClean;
        await store.DisposeAsync();
        return noticed;
    }

    private static async Task<bool> CheckJournalAsync(SegmentStore store, RecoveryReport report, long offset, bool mayLoseLastGroup)
    {
        try
        {
            var text = new StringBuilder();
            await foreach (JournalGroup group in store.ReadJournalAsync(0, Token))
            {
                text.Append(Encoding.UTF8.GetString(group.Lines.Span));
            }

            string all = Encoding.UTF8.GetString(Make.Lines(1, 2, 3, 4, 5));
            bool whole = text.ToString() == all;
            bool allowed = report.HasDamage || (mayLoseLastGroup && text.ToString() == Encoding.UTF8.GetString(Make.Lines(1, 2, 3, 4)));
            Assert.True(whole || allowed, $"byte {offset}: other records: {text}");
            return !whole;
        }
        catch (QuarantinedException)
        {
            return true;
        }
    }

    private static string PathOf(FaultyDisk disk) =>
        Path.Combine(StoreWorkload.Folder, disk.FilesIn(StoreWorkload.Folder).Single(static name => name.EndsWith(".tar", StringComparison.Ordinal)));

    private static long Find(byte[] file, string header)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(header);
        for (int block = 0; block < file.Length; block += 512)
        {
            if (file.AsSpan(block).StartsWith(wanted))
            {
                return block;
            }
        }

        throw new InvalidOperationException($"There is no member {header}.");
    }
}
