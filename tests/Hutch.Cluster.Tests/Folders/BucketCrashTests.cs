using Hutch.Buckets;
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
    private FolderSettings _settings = FolderOfBucket.Settings;

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, FolderSettings.BucketMirror)]
    public async Task A_stop_at_any_moment_loses_nothing_that_was_answered_and_a_lost_machine_nothing_that_was_secured_or_mirrored(
        int seed, string? mirror)
    {
        _settings = FolderOfBucket.Settings with { Mirror = mirror };
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
        FolderOfBucket folder = await FolderOfBucket.OpenAsync(disk, objects, _settings);
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
                    folder = await FolderOfBucket.OpenAsync(disk, objects, _settings);
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
            using MemoryObjectStore copy = objects.Copy();
            await using FolderOfBucket restarted = await FolderOfBucket.OpenAsync(disk, copy, _settings);
            await CheckAsync(restarted, _answered);
            if (_settings.Mirror is not null && _crashes % 3 == 1)
            {
                // The mirror has what the disk lost, if it was never answered: the next start must not bring it back.
                byte[] next = FolderOfBucket.Blob(_crashes, 500);
                await restarted.AppendAsync(500_000, next);
                await CheckLostAsync(copy.Copy(), [.. _answered, next]);
            }

            Assert.Null(await restarted.SecureAsync());
            await CheckAsync(restarted, _answered);
            if (_crashes % 3 == 0 && (_settings.Mirror is null ? _secured : _answered).Count > 0)
            {
                await CheckLostAsync(objects.Copy(), _settings.Mirror is null ? _secured : _answered);
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
    private async Task CheckLostAsync(MemoryObjectStore objects, IReadOnlyList<byte[]> expected)
    {
        var disk = new FaultyDisk();
        disk.CreateFolder(FolderOfBucket.Data);
        RebuiltFolder rebuilt = (await new FolderRebuild(disk, objects, _settings, new PollingTime())
            .RunAsync(FolderOfBucket.Data, CancellationToken.None)).Value;
        Assert.Empty(rebuilt.Missing);
        await using FolderOfBucket folder = await FolderOfBucket.OpenAsync(disk, objects, _settings);
        await CheckAsync(folder, expected);
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
