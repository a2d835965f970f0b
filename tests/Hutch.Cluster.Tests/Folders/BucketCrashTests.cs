using Hutch.Cluster.Folders;
using Hutch.Disk.Faults;
using Hutch.Site.Engines.Segments;
using Hutch.Storage;
using Hutch.Storage.Segments;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Folders;

/// <summary>A data folder over a bucket stops at every change of its disk and at every request to its bucket.</summary>
public sealed class BucketCrashTests
{
    private const int Steps = 24;

    private readonly List<byte[]> _answered = [];
    private readonly List<byte[]> _secured = [];
    private int _crashes;
    private bool _isChecking;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_stop_at_any_moment_loses_nothing_that_was_answered_and_a_lost_machine_nothing_that_was_secured(int seed)
    {
        var disk = new FaultyDisk(seed);
        var objects = new MemoryObjectStore();
        disk.BeforeCall = call =>
        {
            if (call.IsChange && call.Number % 2 == 0)
            {
                CheckAsync(disk.Crash((int)call.Number + seed), objects, call.ToString()).GetAwaiter().GetResult();
            }
        };
        objects.Delay = async (call, _) => await CheckAsync(disk.Crash(_crashes), objects, call.ToString());

        await RunAsync(disk, objects, new Random(seed));

        TestContext.Current.TestOutputHelper?.WriteLine($"{_crashes} crashes");
        Assert.True(_crashes > 100, $"{_crashes} crashes");
    }

    private async Task RunAsync(FaultyDisk disk, MemoryObjectStore objects, Random random)
    {
        FolderOfBucket folder = await FolderOfBucket.OpenAsync(disk, objects);
        for (int step = 1; step <= Steps; step++)
        {
            byte[] blob = FolderOfBucket.Blob(random.Next(), random.Next(1, 3000));
            await folder.AppendAsync(step, blob);
            _answered.Add(blob);
            switch (random.Next(6))
            {
                case 0 or 1:
                    byte[][] before = [.. _answered];
                    Assert.Null(await folder.SecureAsync());
                    _secured.Clear();
                    _secured.AddRange(before);
                    break;
                case 2:
                    await CompactAsync(folder, step);
                    break;
                case 3:
                    await folder.DisposeAsync();
                    folder = await FolderOfBucket.OpenAsync(disk, objects);
                    break;
            }
        }

        await folder.DisposeAsync();
    }

    /// <summary>Copies the blobs of the oldest sealed segment to the open one, and retires it.</summary>
    private async Task CompactAsync(FolderOfBucket folder, int step)
    {
        if (folder.Store.Segments.LastOrDefault(static segment => segment is { State: SegmentState.Sealed, CanRetire: true }) is not { } oldest)
        {
            return;
        }

        var group = new SegmentGroup();
        await foreach (MemberInfo member in folder.Store.EnumerateMembersAsync(oldest.Number, CancellationToken.None))
        {
            if (member.Key.Kind == MemberKind.Blob)
            {
                var body = new byte[member.Location.Length];
                await folder.Store.ReadVerifiedAsync(member.Location, body, CancellationToken.None);
                group.Add(member.Key, body);
            }
        }

        Assert.True(group.Count > 0, $"step {step}");
        await folder.Store.AppendAsync(Lane.Main, group, CancellationToken.None);
        await folder.Store.RetireAsync(oldest.Number, CancellationToken.None);
    }

    private async Task CheckAsync(FaultyDisk disk, MemoryObjectStore objects, string moment)
    {
        if (_isChecking)
        {
            return;
        }

        _isChecking = true;
        _crashes++;
        try
        {
            await using FolderOfBucket restarted = await FolderOfBucket.OpenAsync(disk, objects.Copy());
            await CheckAsync(restarted, _answered);
            Assert.Null(await restarted.SecureAsync());
            await CheckAsync(restarted, _answered);
            if (_crashes % 3 == 0 && _secured.Count > 0)
            {
                await CheckLostAsync(objects.Copy());
            }
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Crash {_crashes} before {moment}: {e.Message}", e);
        }
        finally
        {
            _isChecking = false;
        }
    }

    /// <summary>The machine is lost: a new one has the bucket alone.</summary>
    private async Task CheckLostAsync(MemoryObjectStore objects)
    {
        var disk = new FaultyDisk();
        disk.CreateFolder(FolderOfBucket.Data);
        RebuiltFolder rebuilt = (await new FolderRebuild(disk, objects, FolderOfBucket.Settings, new PollingTime())
            .RunAsync(FolderOfBucket.Data, CancellationToken.None)).Value;
        Assert.Empty(rebuilt.Missing);
        await using FolderOfBucket folder = await FolderOfBucket.OpenAsync(disk, objects);
        await CheckAsync(folder, _secured);
        await folder.AppendAsync(1_000_000, FolderOfBucket.Blob(7, 10));
        Assert.True(folder.Store.Segments[0].Number > FolderLife.NumbersPerLife);
    }

    private static async Task CheckAsync(FolderOfBucket folder, IEnumerable<byte[]> blobs)
    {
        Assert.False(folder.Report.HasDamage, string.Join("; ", folder.Report.Damage));
        foreach (byte[] blob in blobs.ToList())
        {
            Assert.Equal(blob, await folder.ReadAsync(blob));
        }
    }
}
