using Hutch.Buckets;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Site.Engines.Segments;
using Hutch.Storage;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>The second place of open segments.</summary>
public sealed class BucketMirrorTests : IDisposable
{
    private const string SecondDisk = "/mirror";

    private readonly FaultyDisk _disk = new(1);
    private readonly PollingTime _time = new();
    private readonly MemoryObjectStore _objects = new();
    private readonly byte[] _blob = FolderOfBucket.Blob(1, 100_000);

    public void Dispose() => _objects.Dispose();

    [Theory]
    [InlineData(FolderSettings.BucketMirror)]
    [InlineData(SecondDisk)]
    public async Task Writes_that_were_never_sealed_outlast_the_machine(string mirror)
    {
        await using FolderOfBucket lost = await OpenAsync(mirror);
        byte[] second = FolderOfBucket.Blob(2, 10);
        await lost.AppendAsync(1, _blob, new byte[30_000]);
        await lost.AppendAsync(2, second);

        (FaultyDisk disk, RebuiltFolder rebuilt) = await RebuildAsync(mirror);
        await using FolderOfBucket folder = await OpenAsync(mirror, disk);

        Assert.Empty(rebuilt.Missing);
        Assert.False(folder.Report.HasDamage);
        Assert.Equal(_blob, await folder.ReadAsync(_blob));
        Assert.Equal(new byte[30_000], await folder.ReadAsync(new byte[30_000]));
        Assert.Equal(second, await folder.ReadAsync(second));
    }

    [Theory]
    [InlineData(FolderSettings.BucketMirror)]
    [InlineData(SecondDisk)]
    public async Task A_stored_segment_leaves_the_mirror(string mirror)
    {
        await using FolderOfBucket folder = await OpenAsync(mirror);
        await folder.AppendAsync(1, _blob);
        int mirrored = Mirrored().Count();

        Assert.Null(await folder.SecureAsync());

        Assert.True(mirrored > 0);
        Assert.Empty(Mirrored());
    }

    [Fact]
    public async Task A_commit_waits_for_a_bucket_that_refuses_for_a_moment()
    {
        await using FolderOfBucket folder = await OpenAsync(FolderSettings.BucketMirror);
        int refused = 0;
        _objects.Fault = call =>
            !IsPiece(call) || ++refused > 3 ? ObjectFault.None : refused == 2 ? ObjectFault.LoseAnswer : ObjectFault.Refuse;

        await folder.AppendAsync(1, _blob);
        (FaultyDisk disk, RebuiltFolder rebuilt) = await RebuildAsync(FolderSettings.BucketMirror);
        await using FolderOfBucket again = await OpenAsync(FolderSettings.BucketMirror, disk);

        Assert.Empty(rebuilt.Missing);
        Assert.Equal(_blob, await again.ReadAsync(_blob));
    }

    [Fact]
    public async Task A_commit_that_the_bucket_never_takes_is_not_acknowledged()
    {
        await using FolderOfBucket folder = await OpenAsync(FolderSettings.BucketMirror);
        _objects.Fault = static call => IsPiece(call) ? ObjectFault.Full : ObjectFault.None;

        await Assert.ThrowsAsync<StorageUnknownOutcomeException>(() => folder.AppendAsync(1, _blob));
        _objects.Fault = static _ => ObjectFault.None;
        await folder.AppendAsync(1, _blob);

        Assert.Equal(_blob, await folder.ReadAsync(_blob));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("damaged")]
    public async Task A_lost_part_of_the_mirror_is_named_and_the_parts_before_it_are_kept(string fault)
    {
        await using FolderOfBucket lost = await OpenAsync(FolderSettings.BucketMirror);
        byte[] second = FolderOfBucket.Blob(2, 10);
        await lost.AppendAsync(1, _blob);
        await lost.AppendAsync(2, second);
        string last = Mirrored().Last();
        if (fault == "missing")
        {
            _objects.Remove(last);
            await lost.AppendAsync(3, FolderOfBucket.Blob(3, 10));
        }
        else
        {
            _objects[last] = [.. _objects[last].Select(static (one, at) => at == 300 ? (byte)~one : one)];
        }

        (FaultyDisk disk, RebuiltFolder rebuilt) = await RebuildAsync(FolderSettings.BucketMirror);
        await using FolderOfBucket folder = await OpenAsync(FolderSettings.BucketMirror, disk);

        Assert.Contains("missing or damaged", Assert.Single(rebuilt.Missing), StringComparison.Ordinal);
        Assert.Equal(_blob, await folder.ReadAsync(_blob));
        Assert.Null(await folder.ReadAsync(second));
    }

    private static bool IsPiece(ObjectCall call) =>
        call.Operation == ObjectOperation.Put && call.Key.StartsWith("open/", StringComparison.Ordinal);

    private IEnumerable<string> Mirrored() => _objects.Keys.Where(static key => key.StartsWith("open/", StringComparison.Ordinal))
        .Concat(_disk.ListFiles(SecondFolder()));

    private string SecondFolder() => $"{SecondDisk}/{FolderRecord.Read(_disk, FolderOfBucket.Data)!.Header.Site:N}";

    private Task<FolderOfBucket> OpenAsync(string mirror, FaultyDisk? disk = null) =>
        FolderOfBucket.OpenAsync(disk ?? _disk, _objects, FolderOfBucket.Settings with { Mirror = mirror }, _time);

    /// <summary>The machine is lost, but not its second disk.</summary>
    private async Task<(FaultyDisk Disk, RebuiltFolder Rebuilt)> RebuildAsync(string mirror)
    {
        var disk = new FaultyDisk();
        disk.CreateFolder(FolderOfBucket.Data);
        if (mirror == SecondDisk)
        {
            disk.CreateFolder(SecondDisk);
            disk.CreateFolder(SecondFolder());
            foreach (string name in _disk.ListFiles(SecondFolder()))
            {
                string path = Path.Combine(SecondFolder(), name);
                AtomicFile.Replace(disk, path, _disk.ReadAllBytes(path, 1 << 30));
            }
        }

        return (disk, (await new FolderRebuild(disk, _objects, FolderOfBucket.Settings with { Mirror = mirror }, _time)
            .RunAsync(FolderOfBucket.Data, CancellationToken.None)).Value);
    }
}
