using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Storage.Segments;

namespace Hutch.Storage.Tests.Segments;

/// <summary>A segment file that somebody took away is missed; one that was meant to go is not.</summary>
public class SegmentManifestTests
{
    private const string Folder = "/data/segments";
    private const string First = "0000000001.main.tar";

    private readonly FaultyDisk _disk = new();

    public SegmentManifestTests()
    {
        _disk.CreateFolder("/data");
        _disk.SyncFolder("/");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_is_gone_is_named_at_each_opening_until_it_is_back()
    {
        await FillAsync();
        byte[] kept = _disk.ReadFile($"{Folder}/{First}");
        _disk.Delete($"{Folder}/{First}");

        Assert.Equal([First], (await ReopenAsync()).Lost);
        RecoveryReport second = await ReopenAsync();
        Assert.Equal([First], second.Lost);
        Assert.True(second.HasDamage);
        using (IDiskFile file = _disk.Open($"{Folder}/{First}", DiskAccess.CreateNew))
        {
            file.Write(kept, 0);
        }

        Assert.Empty((await ReopenAsync()).Lost);
    }

    [Fact]
    public async Task A_retired_file_is_not_missed_wherever_the_machine_stops()
    {
        await FillAsync();
        var images = new List<FaultyDisk>();
        (SegmentStore store, _) = await OpenAsync(_disk);
        await using (store)
        {
            _disk.BeforeCall = call =>
            {
                if (call.IsChange)
                {
                    images.Add(_disk.Crash(images.Count));
                    images.Add(_disk.Crash(0, Survival.All));
                }
            };
            await store.RetireAsync(1, Token);
            await store.AppendAsync(Lane.Main, Make.Group(9, Make.Blob(100, 9)), Token);
            _disk.BeforeCall = null;
        }

        Assert.True(images.Count > 10);
        foreach (FaultyDisk image in images)
        {
            (SegmentStore again, RecoveryReport report) = await OpenAsync(image);
            await again.DisposeAsync();
            Assert.Empty(report.Lost);
        }
    }

    [Fact]
    public async Task A_segment_stays_when_it_cannot_be_struck_out()
    {
        await FillAsync();
        (SegmentStore store, _) = await OpenAsync(_disk);
        await using (store)
        {
            _disk.FailWith = call => call.Path.Contains(SegmentManifest.FileName, StringComparison.Ordinal) ? new IOException("broken") : null;
            await Assert.ThrowsAsync<IOException>(() => store.RetireAsync(1, Token));
            _disk.FailWith = null;

            Assert.Contains(store.Segments, segment => segment.Number == 1);
            await store.RetireAsync(1, Token);
            Assert.DoesNotContain(First, _disk.FilesIn(Folder));
        }
    }

    [Fact]
    public async Task Without_a_manifest_nothing_is_missed_and_it_is_written_anew()
    {
        await FillAsync();
        _disk.Delete($"{Folder}/{SegmentManifest.FileName}");

        Assert.Empty((await ReopenAsync()).Lost);
        _disk.Delete($"{Folder}/{First}");
        Assert.Equal([First], (await ReopenAsync()).Lost);
    }

    /// <summary>Two sealed segments.</summary>
    private async Task FillAsync()
    {
        for (int i = 1; i <= 2; i++)
        {
            (SegmentStore store, _) = await OpenAsync(_disk);
            await store.AppendAsync(Lane.Main, Make.Group(i, Make.Blob(3000, i)), Token);
            await store.SealAsync(Token);
            await store.DisposeAsync();
        }
    }

    private async Task<RecoveryReport> ReopenAsync()
    {
        (SegmentStore store, RecoveryReport report) = await OpenAsync(_disk);
        await store.DisposeAsync();
        return report;
    }

    private static Task<(SegmentStore Store, RecoveryReport Report)> OpenAsync(FaultyDisk disk) => SegmentStore.OpenAsync(
        disk, Folder, new SegmentOptions { ReserveBytes = 0, UseWriterThreads = false, ZeroAheadBytes = 8 << 10, ReserveAheadBytes = 16 << 10 }, Make.Time, Token);
}
