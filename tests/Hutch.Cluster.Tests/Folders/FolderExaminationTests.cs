using Hutch.Buckets;
using Hutch.Disk.Faults;
using Hutch.Site.Engines;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>The findings of <c>hutch doctor</c> about a bucket.</summary>
public sealed class FolderExaminationTests : IDisposable
{
    private static readonly FolderSettings Mirrored = FolderOfBucket.Settings with { Mirror = FolderSettings.BucketMirror };

    private readonly FaultyDisk _disk = new(1);
    private readonly MemoryObjectStore _objects = new();

    public void Dispose() => _objects.Dispose();

    [Fact]
    public async Task A_bucket_in_use_has_no_findings()
    {
        await using FolderOfBucket folder = await OpenAsync();

        Assert.Empty(await ExamineAsync());
    }

    [Fact]
    public async Task A_silent_bucket_a_take_over_and_a_missing_mirror_are_found()
    {
        await using FolderOfBucket folder = await OpenAsync();
        FolderSettings elsewhere = Mirrored with { PlaceOf = static _ => "there", TakesOver = true };
        await (await FolderOfBucket.OpenAsync(_disk.Crash(0), _objects, elsewhere, new PollingTime())).DisposeAsync();
        string taken = Assert.Single(await ExamineAsync()).What;
        string unmirrored = (await ExamineAsync(FolderOfBucket.Settings))[0].What;
        _objects.Fault = static _ => ObjectFault.Refuse;

        Assert.Contains("Another server has taken over", taken, StringComparison.Ordinal);
        Assert.Contains("no mirror", unmirrored, StringComparison.Ordinal);
        Assert.Contains("SlowDown", Assert.Single(await ExamineAsync()).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_differs_and_uploads_without_a_list_are_found()
    {
        await using FolderOfBucket folder = await FolderOfBucket.OpenAsync(
            _disk, _objects, Mirrored, new ShiftedTime { Ahead = TimeSpan.FromHours(-1) });
        _objects["segments/000001/lost/0000000009.main.tar"] = new byte[1000];

        EngineFinding[] found = [.. await ExamineAsync()];

        Assert.Contains("differed by 60 minutes", found[0].What, StringComparison.Ordinal);
        Assert.Contains("1 segments (1.00 kB) that this data folder does not use", found[1].What, StringComparison.Ordinal);
        Assert.False(found[1].IsProblem);
    }

    private Task<FolderOfBucket> OpenAsync() => FolderOfBucket.OpenAsync(_disk, _objects, Mirrored);

    private Task<IReadOnlyList<EngineFinding>> ExamineAsync(FolderSettings? settings = null) =>
        new FolderExamination(_disk, _objects, settings ?? Mirrored, TimeProvider.System)
            .RunAsync(FolderOfBucket.Data, TestContext.Current.CancellationToken);
}
