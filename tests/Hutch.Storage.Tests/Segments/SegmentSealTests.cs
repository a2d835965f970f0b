using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Storage.Segments;

namespace Hutch.Storage.Tests.Segments;

/// <summary>What a sealed segment contained is known outside of it: one that lost its end is named, though what is left is whole.</summary>
public class SegmentSealTests
{
    private const string Folder = "/data/segments";
    private const string First = "0000000001.main.tar";
    private const string Second = "0000000002.main.tar";

    private readonly FaultyDisk _disk = new();

    public SegmentSealTests()
    {
        _disk.CreateFolder("/data");
        _disk.SyncFolder("/");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool, bool> Damages
    {
        get
        {
            var all = new TheoryData<string, bool, bool>();
            foreach (bool isZeroed in new[] { false, true })
            {
                all.Add(First, isZeroed, true);
                all.Add(First, isZeroed, false);
                all.Add(Second, isZeroed, true);
            }

            return all;
        }
    }

    /// <summary>The first one without the list too: then the second one tells.</summary>
    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_sealed_segment_that_is_cut_or_zeroed_from_anywhere_on_is_named_at_each_start_and_by_scrubbing(string name, bool isZeroed, bool withList)
    {
        await FillAsync();
        byte[] whole = _disk.ReadFile($"{Folder}/{name}");
        for (int at = 0; at < whole.Length; at += at % 1024 == 0 ? 512 : 100)
        {
            FaultyDisk damaged = _disk.Crash(0, Survival.All);
            Replace(damaged, name, isZeroed ? [.. whole[..at], .. new byte[whole.Length - at]] : whole[..at]);
            if (!withList)
            {
                damaged.Delete($"{Folder}/{SegmentManifest.FileName}");
            }

            // What only the index lost is put right at the first start; what members lost stays known.
            int groups = whole.AsSpan().IndexOf("hutch-index"u8);
            bool isHit = at < groups && whole.AsSpan(at..groups).ContainsAnyExcept((byte)0);
            await CheckAsync(damaged, name, $"from byte {at}", isHit);
            await CheckAsync(damaged, name, $"from byte {at}, again", isHit);
            Replace(damaged, name, whole);
            (SegmentStore store, RecoveryReport report) = await OpenAsync(damaged);
            await store.DisposeAsync();
            Assert.False(report.HasDamage, $"byte {at}: put back, and still {Words(report)}");
        }
    }

    [Fact]
    public async Task Another_file_of_the_same_name_is_not_the_one_that_was_sealed()
    {
        await FillAsync();
        FaultyDisk other = new();
        other.CreateFolder("/data");
        (SegmentStore store, _) = await OpenAsync(other);
        await store.AppendAsync(Lane.Main, Make.Group(1, Make.Blob(3000, 77)), Token);
        await store.SealAsync(Token);
        await store.DisposeAsync();
        Replace(_disk, First, other.ReadFile($"{Folder}/{First}"));

        (store, RecoveryReport report) = await OpenAsync(_disk);
        await store.DisposeAsync();

        Assert.Contains("members were sealed in it", Words(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flipped_bit_in_the_list_is_named_and_never_makes_a_segment_missed()
    {
        await FillAsync();
        byte[] list = _disk.ReadFile($"{Folder}/{SegmentManifest.FileName}");
        for (int bit = 0; bit < list.Length * 8; bit += 3)
        {
            FaultyDisk damaged = _disk.Crash(0, Survival.All);
            damaged.FlipBit($"{Folder}/{SegmentManifest.FileName}", bit / 8, bit % 8);

            (SegmentStore store, RecoveryReport report) = await OpenAsync(damaged);
            Assert.True(store.IsManifestDamaged);
            await store.DisposeAsync();
            Assert.False(report.HasDamage, Words(report));
            (store, _) = await OpenAsync(damaged);
            Assert.False(store.IsManifestDamaged);
            await store.DisposeAsync();
            Assert.Equal(list, damaged.ReadFile($"{Folder}/{SegmentManifest.FileName}"));
        }
    }

    [Fact]
    public async Task An_open_segment_that_lost_required_records_is_reported()
    {
        (SegmentStore store, _) = await OpenAsync(_disk);
        await store.AppendAsync(Lane.Main, Make.Group(1, Make.Blob(300, 1)), Token);
        await store.AppendAsync(Lane.Main, Make.Group(2, Make.Blob(300, 2)), Token);
        await store.DisposeAsync();
        byte[] bytes = _disk.ReadFile($"{Folder}/{First}");
        int second = bytes.AsSpan().IndexOf("journal/0000000000000002"u8);
        Replace(_disk, First, [.. bytes[..second], .. new byte[bytes.Length - second]]);

        (store, _) = await OpenAsync(_disk);
        store.RequireRecords(1);
        Assert.False(store.IsIncomplete);
        store.RequireRecords(2);
        Assert.True(store.IsIncomplete);
        Assert.Contains("the journal ends at record 1", Assert.Single(store.Damage).What, StringComparison.Ordinal);
        await store.DisposeAsync();
        (store, RecoveryReport report) = await OpenAsync(_disk);
        Assert.True(store.IsIncomplete);
        Assert.True(report.HasDamage);
        await store.RetireAsync(1, Token);
        Assert.False(store.IsIncomplete);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Recording_seals_costs_no_call_of_the_disk_in_a_commit()
    {
        (SegmentStore store, _) = await OpenAsync(_disk);
        await using (store)
        {
            await store.AppendAsync(Lane.Main, Make.Group(1, Make.Blob(300, 1)), Token);
            var calls = new List<DiskOperation>();
            _disk.BeforeCall = call => calls.Add(call.Operation);

            await store.AppendAsync(Lane.Main, Make.Group(2, Make.Blob(300, 2)), Token);

            _disk.BeforeCall = null;
            Assert.Equal([DiskOperation.Write, DiskOperation.Sync], calls.Where(static call => call is DiskOperation.Write or DiskOperation.Sync or DiskOperation.Rename).Take(2));
            Assert.DoesNotContain(DiskOperation.Rename, calls);
        }
    }

    private static async Task CheckAsync(FaultyDisk disk, string name, string what, bool isHit)
    {
        long number = name == First ? 1 : 2;
        (SegmentStore store, RecoveryReport report) = await OpenAsync(disk);
        string place = $"{name} {what}: {Words(report)}";
        Assert.True(isHit == (report.Damage.Any(range => range.Segment == number) || report.Lost.Contains(name)), place);
        for (int i = 1; i <= 8; i++)
        {
            (MemberKey key, byte[] body) = Make.Blob(300 * i, i);
            if (store.TryLocate(key, out MemberLocation location))
            {
                var read = new byte[body.Length];
                await store.ReadVerifiedAsync(location, read, Token);
                Assert.Equal(body, read);
            }
            else
            {
                Assert.True(isHit && (store.IsIncomplete || store.IsQuarantined(key)), $"{place}: {key} vanished");
            }
        }

        foreach (SegmentInfo segment in store.Segments)
        {
            ScrubReport scrub = await store.ScrubAsync(segment.Number, long.MaxValue, Token);
            Assert.True(scrub.IsClean != (isHit && segment.Number == number), $"{place}: {string.Join("; ", scrub.Damage)}");
        }

        await store.DisposeAsync();
    }

    /// <summary>Two sealed segments of four groups each.</summary>
    private async Task FillAsync()
    {
        for (int segment = 0; segment < 2; segment++)
        {
            (SegmentStore store, _) = await OpenAsync(_disk);
            for (int i = 1; i <= 4; i++)
            {
                int n = (segment * 4) + i;
                await store.AppendAsync(Lane.Main, Make.Group(n, Make.Blob(300 * n, n)), Token);
            }

            await store.SealAsync(Token);
            await store.DisposeAsync();
        }
    }

    private static string Words(RecoveryReport report) => string.Join("; ", report.Damage.Select(static range => range.ToString()).Concat(report.Lost));

    private static void Replace(FaultyDisk disk, string name, byte[] bytes)
    {
        disk.Delete($"{Folder}/{name}");
        using IDiskFile file = disk.Open($"{Folder}/{name}", DiskAccess.CreateNew);
        file.Write(bytes, 0);
    }

    private static Task<(SegmentStore Store, RecoveryReport Report)> OpenAsync(FaultyDisk disk) => SegmentStore.OpenAsync(
        disk, Folder, new SegmentOptions { ReserveBytes = 0, UseWriterThreads = false, ZeroAheadBytes = 8 << 10, ReserveAheadBytes = 16 << 10 }, Make.Time, Token);
}
