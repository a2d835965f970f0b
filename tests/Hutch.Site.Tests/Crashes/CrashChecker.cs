using System.Formats.Tar;
using System.Text;
using Hutch.Catalog.Site;
using Hutch.Disk.Faults;
using Hutch.Model.Records;
using Hutch.Site.Engines.Segments;
using Hutch.Site.Life.Maintenance;
using Hutch.Storage.Segments;

namespace Hutch.Site.Tests.Crashes;

/// <summary>
/// Judges what a power cut left. The rows that come back must be those after the last group that readers saw, or after the one that was
/// on its way: whole groups, nothing in between. They must be the same from nothing, from <c>site.db</c> as it was left, and from an
/// older copy of it; and all bytes that they name must be there.
/// </summary>
internal sealed class CrashChecker(string root, FaultyDisk disk, Workload workload, int seed) : IDisposable
{
    private readonly List<(string[] Rows, string What)> _onTheirWay = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string[] _published = [];
    private string[] _before = [];
    private string? _older;
    private int _images;

    public int Crashes { get; private set; }

    /// <summary>Follows the groups of a site that was just opened.</summary>
    public void Follow()
    {
        workload.Live.Site.Committer.Committed += OnCommitted;
        Publish();
    }

    /// <summary>Stops the machine here, in a copy, and checks what is left.</summary>
    public async Task CrashAsync(DiskCall call, bool recoversAgain)
    {
        // Several threads call the disk, and a commit must not be published before the comparison has ended.
        await _turn.WaitAsync();
        Crashes++;
        int chance = unchecked((int)(call.Number * 31) + seed) & int.MaxValue;
        string what = $"seed {seed}, before call {call.Number} ({call.Operation} {call.Path} {call.Offset}+{call.Length}), step '{workload.Step}'";
        try
        {
            await CheckAsync(disk.Crash(chance), chance, what, recoversAgain ? disk.Crash(chance) : null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{what}: {e.Message}", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The workload is over: nothing is on its way any more.</summary>
    public void Finish() => Assert.True(_onTheirWay.Count == 0, _onTheirWay.Count == 0 ? "" : "rows that no group ever had: " + _onTheirWay[0].What);

    public void Dispose()
    {
        _turn.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private void OnCommitted(IReadOnlyList<JournalRecord> records) => Publish();

    private void Publish()
    {
        _turn.Wait();
        try
        {
            PublishAlone();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void PublishAlone()
    {
        _before = _published;
        _published = SimulatedSite.DumpAsync(workload.Live.Site.Records).GetAwaiter().GetResult();
        foreach ((string[] rows, string what) in _onTheirWay)
        {
            Assert.True(rows.SequenceEqual(_published), $"half a group came back: {what}\n{Difference(_published, rows)}");
        }

        _onTheirWay.Clear();
    }

    private async Task CheckAsync(FaultyDisk left, int chance, string what, FaultyDisk? again)
    {
        CheckTar(left);
        string asLeft = CopyOfDatabase();
        if (_older is null || chance % 7 == 0)
        {
            _older = asLeft;
        }

        string[] rows = await RowsAsync(left, NewFolder());
        if (!rows.SequenceEqual(_published))
        {
            Assert.False(rows.SequenceEqual(_before), $"the last group that was answered is lost:\n{Difference(_published, rows)}");
            _onTheirWay.Add((rows, what));
        }

        foreach (string copy in new[] { asLeft, _older })
        {
            string[] same = await RowsAsync(left, Copy(copy));
            Assert.True(same.SequenceEqual(rows), $"another result from {(copy == asLeft ? "site.db as it was left" : "an older site.db")}:\n{Difference(rows, same)}");
        }

        await CheckSiteAsync(left, Copy(asLeft), chance);
        if (again is not null)
        {
            await CheckSecondCrashAsync(again, rows, chance);
        }

        Remove();
    }

    private static async Task<string[]> RowsAsync(FaultyDisk left, string folder)
    {
        (SegmentStore segments, RecoveryReport report) = await SegmentStore.OpenAsync(
            left, SimulatedSite.SegmentsFolder, SimulatedSite.Options(1).Segments, TimeProvider.System, CancellationToken.None);
        await using (segments)
        {
            Assert.False(report.HasDamage, string.Join("; ", report.Damage));
            await using SiteDatabase records = await SiteDatabase.OpenAsync(Path.Combine(folder, "site.db"), isChecked: true, TimeProvider.System, CancellationToken.None);
            await SiteRebuilder.CatchUpAsync(segments, records, CancellationToken.None);
            return await SimulatedSite.DumpAsync(records);
        }
    }

    private async Task CheckSiteAsync(FaultyDisk left, string folder, int chance)
    {
        await using SimulatedSite site = await SimulatedSite.OpenAsync(left, folder, SimulatedSite.Options(chance), workload.Time);
        await site.VerifyAllAsync();
        if (workload.IsPurged)
        {
            CheckSecret(left);
        }
        else if (await site.Site.Housekeeper.ResumePurgesAsync(CancellationToken.None) is { } purge)
        {
            await site.Site.Jobs.WaitAsync(purge.Id, CancellationToken.None);
            MaintenanceJob done = (await site.Site.Jobs.ListAsync(CancellationToken.None)).Value.Single(job => job.Id == purge.Id);
            Assert.True(done.State == "done", done.Message);
            Assert.Empty(await site.Site.Records.ReadAsync(static queries => queries.PendingPurges(), CancellationToken.None));
            CheckSecret(left);
            Assert.True(File.ReadAllBytes(Path.Combine(folder, "site.db")).AsSpan().IndexOf(Encoding.ASCII.GetBytes(Workload.Secret)) < 0, "a purged name is in site.db");
            await site.VerifyAllAsync();
        }

        if (chance % 3 == 0)
        {
            // The site keeps working: a collection frees the remains of the crash, and a second crash leaves the same rows.
            await site.Site.Checkpointer.WriteAsync(CancellationToken.None);
            await site.Site.Collector.CollectAsync(CancellationToken.None);
            await site.VerifyAllAsync();
            string[] live = await SimulatedSite.DumpAsync(site.Site.Records);
            string[] again = await RowsAsync(left.Crash(chance), NewFolder());
            Assert.True(live.SequenceEqual(again), $"other rows after a collection and a second crash:\n{Difference(live, again)}");
        }

        CheckTar(left);
    }

    /// <summary>The machine stops again while it recovers, at every change of the disk.</summary>
    private async Task CheckSecondCrashAsync(FaultyDisk recovering, string[] rows, int chance)
    {
        var images = new List<FaultyDisk>();
        recovering.BeforeCall = call =>
        {
            if (call.IsChange)
            {
                images.Add(recovering.Crash(chance + (int)call.Number));
            }
        };
        await RowsAsync(recovering, NewFolder());
        foreach (FaultyDisk image in images)
        {
            string[] again = await RowsAsync(image, NewFolder());
            Assert.True(again.SequenceEqual(rows), $"other rows after a crash while recovering:\n{Difference(rows, again)}");
        }
    }

    public static void CheckSecret(FaultyDisk left)
    {
        byte[] secret = Encoding.ASCII.GetBytes(Workload.Secret);
        foreach (string name in left.FilesIn(SimulatedSite.SegmentsFolder))
        {
            Assert.True(left.ReadFile(SimulatedSite.SegmentsFolder + "/" + name).AsSpan().IndexOf(secret) < 0, $"something purged is in {name}");
        }
    }

    public static void CheckTar(FaultyDisk left)
    {
        foreach (string name in left.FilesIn(SimulatedSite.SegmentsFolder).Where(static name => name.EndsWith(".tar", StringComparison.Ordinal)))
        {
            using var stream = new MemoryStream(left.ReadFile(SimulatedSite.SegmentsFolder + "/" + name));
            using var tar = new TarReader(stream);
            while (tar.GetNextEntry() is { } entry)
            {
                Assert.Equal("hutch", ((UstarTarEntry)entry).GroupName);
            }
        }
    }

    /// <summary>The database with its log as they are at this moment; the thread that writes them is the one that calls.</summary>
    private string CopyOfDatabase() => Copy(workload.Live.Folder);

    private string Copy(string folder)
    {
        string copy = NewFolder();
        foreach (string name in new[] { "site.db", "site.db-wal" })
        {
            string file = Path.Combine(folder, name);
            if (File.Exists(file))
            {
                File.Copy(file, Path.Combine(copy, name));
            }
        }

        return copy;
    }

    private string NewFolder() => Directory.CreateDirectory(Path.Combine(root, $"image-{++_images}")).FullName;

    private void Remove()
    {
        foreach (string folder in Directory.GetDirectories(root, "image-*").Where(folder => folder != _older))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Difference(string[] expected, string[] actual) => string.Join(
        "\n",
        expected.Except(actual).Take(8).Select(static row => "- " + row).Concat(actual.Except(expected).Take(8).Select(static row => "+ " + row)));
}
