using System.Security.Cryptography;
using Hutch.Cluster.Tests.Bytes.Support;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Site.Life.Maintenance;
using Hutch.Storage;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Bytes.Packing;

/// <summary>Rows become packs, and small packs large ones, while members are read by servers that have and have not heard of it.</summary>
public sealed class PackerTests : TwoServers
{
    private readonly List<byte[]> _blobs = [];
    private long _sequence;

    [Fact]
    public async Task Rows_wait_until_they_are_old_enough_or_many()
    {
        await AppendAsync(1000);
        Assert.Equal(0, await _a.Packer.RunAsync(everything: false, Ct));

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, await _a.Packer.RunAsync(everything: false, Ct));

        await AppendAsync(200_000);
        Assert.Equal(1, await _a.Packer.RunAsync(everything: false, Ct));
        Assert.Equal(0, await _a.Packer.RunAsync(everything: true, Ct));
    }

    [Fact]
    public async Task Packed_rows_have_no_bodies_any_more_and_every_member_is_read_from_the_pack()
    {
        for (int i = 0; i < 20; i++)
        {
            await AppendAsync(i * 100, 0, 700);
        }

        _b.Log.CatchUp();
        await _a.Packer.RunAsync(everything: true, Ct);
        _b.Log.CatchUp();

        Assert.All(_rows.Rows, static row => Assert.True(row.Bodies is null || row.Bodies.Length == 0));
        await AssertAllReadAsync(_a, _b);
    }

    [Fact]
    public async Task A_server_that_has_not_heard_of_the_pack_looks_again()
    {
        await AppendAsync(5000);
        _b.Log.CatchUp();
        _b.Bytes.TryLocate(ClusterServer.KeyOf(_blobs[0]), out MemberLocation location);
        await _a.Packer.RunAsync(everything: true, Ct);

        await Assert.ThrowsAsync<SegmentRetiredException>(
            () => _b.Bytes.ReadVerifiedAsync(location, new byte[5000], inPassing: false, Ct).AsTask());

        Assert.Equal(_blobs[0], await _b.ReadAsync(_blobs[0]));
    }

    [Fact]
    public async Task Each_lane_has_packs_of_its_own()
    {
        var until = Lane.Until(new DateOnly(2026, 11, 25));
        await AppendAsync(100);
        byte[] transient = RandomNumberGenerator.GetBytes(100);
        await _a.AppendAsync(until, transient);
        await _a.Packer.RunAsync(everything: true, Ct);

        Assert.Equal(["main.tar", "until-2026-11-25.tar"], _objects.Keys.Select(static key => key.Split('.', 2)[1]).Order(StringComparer.Ordinal));
        _a.ForgetCached();
        Assert.Equal(transient, await _a.ReadAsync(transient));
        Assert.False(_a.Bytes.TryLocate(ClusterServer.KeyOf(transient), out _, lastingOnly: true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Whatever_fails_while_rows_are_packed_and_merged_every_member_is_read(int seed)
    {
        var random = new Random(seed);
        _objects.Fault = _ => random.Next(8) == 0 ? (ObjectFault)random.Next(1, 4) : ObjectFault.None;
        _rows.Fail = step => step is RowStep.BeforeRecord or RowStep.AfterRecord && random.Next(4) == 0 ? new TimeoutException() : null;
        _a.PackDisk.FailWith = call => call.Operation == DiskOperation.Write && random.Next(20) == 0 ? new IOException("Now and then.") : null;
        for (int i = 0; i < 40; i++)
        {
            await AppendAsync(random.Next(5000), random.Next(60_000));
            ClusterServer worker = random.Next(2) == 0 ? _a : _b;
            worker.Log.CatchUp();
            await TryAsync(() => worker.Packer.RunAsync(everything: true, Ct));
            worker.Log.CatchUp();
            await TryAsync(() => worker.Merger.RunAsync(Ct));
        }

        _objects.Fault = static _ => ObjectFault.None;
        _rows.Fail = static _ => null;
        _a.PackDisk.FailWith = null;
        _a.Log.CatchUp();
        await _a.Packer.RunAsync(everything: true, Ct);
        await _a.Merger.RunAsync(Ct);
        _b.Log.CatchUp();
        Assert.DoesNotContain(_rows.Rows, static row => row.IsToBePacked);
        await AssertAllReadAsync(_a, _b);
        Assert.False(_a.Bytes.HasDamage || _b.Bytes.HasDamage);
    }

    [Fact]
    public async Task Small_packs_become_one_and_are_deleted_when_their_time_is_over()
    {
        for (int i = 0; i < 8; i++)
        {
            await AppendAsync(3000);
            await _a.Packer.RunAsync(everything: true, Ct);
        }

        Assert.Equal(8, await _a.Merger.RunAsync(Ct));
        Assert.Equal(10, _objects.Keys.Count);
        Assert.Equal(0, await _a.Merger.RunAsync(Ct));
        Assert.Equal(0, await _a.Sweep.RunAsync(Ct));
        _time.Advance(TimeSpan.FromDays(31));
        _rows.LeastApplied = 3;
        Assert.Equal(0, await _a.Sweep.RunAsync(Ct));
        _rows.LeastApplied = null;
        Assert.Equal(16, await _a.Sweep.RunAsync(Ct));
        Assert.Equal(0, await _a.Sweep.RunAsync(Ct));

        Assert.Equal([".tar", ".txt"], _objects.Keys.Select(Path.GetExtension).Order(StringComparer.Ordinal));
        _b.Log.CatchUp();
        await AssertAllReadAsync(_a, _b);
    }

    [Fact]
    public async Task A_damaged_pack_is_not_merged_and_only_its_damaged_blob_is_unreadable()
    {
        for (int i = 0; i < 4; i++)
        {
            await AppendAsync(3000);
            await _a.Packer.RunAsync(everything: true, Ct);
        }

        string name = _objects.Keys[0];
        byte[] damaged = [.. _objects[name]];
        damaged[damaged.AsSpan().IndexOf(_blobs[0]) + 7] ^= 1;
        _objects[name] = damaged;
        _a.ForgetCached();

        await Assert.ThrowsAsync<QuarantinedException>(() => _a.Merger.RunAsync(Ct));
        await Assert.ThrowsAsync<QuarantinedException>(() => _a.ReadAsync(_blobs[0]));
        foreach (byte[] blob in _blobs.Skip(1))
        {
            Assert.Equal(blob, await _a.ReadAsync(blob));
        }
    }

    [Fact]
    public async Task A_scrub_finds_exactly_the_damaged_members_of_packs_and_extents()
    {
        await AppendAsync(3000, 500, 0);
        await AppendAsync(700);
        var key = MemberKey.Extent(Guid.NewGuid(), 0);
        byte[] extent = RandomNumberGenerator.GetBytes(200_000);
        await _a.Bytes.WriteAsync(Lane.Bulk, key, new ExtentBody(extent, Hutch.Model.Checksums.Checksum.Crc32C(extent)), Ct);
        await AppendAsync(10);
        await _a.Packer.RunAsync(everything: true, Ct);
        ScrubSummary good = await _a.Scrub.RunAsync(static (_, _) => { }, Ct);
        Assert.Empty(good.Damage);
        Assert.Equal((2, 6L), (good.Segments, good.Members));

        foreach (string name in _objects.Keys)
        {
            byte[] damaged = [.. _objects[name]];
            damaged[name.StartsWith("packs/", StringComparison.Ordinal) ? damaged.AsSpan().IndexOf(_blobs[1]) + 7 : 100] ^= 1;
            _objects[name] = damaged;
        }

        ScrubSummary bad = await _a.Scrub.RunAsync(static (_, _) => { }, Ct);

        Assert.Equal(2, bad.Damage.Count);
        Assert.Equal([false, true, false, false, false], _blobs.Select(blob => _a.Bytes.IsQuarantined(ClusterServer.KeyOf(blob))));
        Assert.True(_a.Bytes.IsQuarantined(key));
    }

    [Fact]
    public async Task A_pack_is_a_sealed_segment_as_a_store_writes_it()
    {
        for (int i = 0; i < 10; i++)
        {
            await AppendAsync(i * 200, 0);
        }

        await _a.Packer.RunAsync(everything: true, Ct);
        await _a.Merger.RunAsync(Ct);
        var disk = new FaultyDisk(3);
        disk.CreateFolder("/data/segments");
        foreach (string key in _objects.Keys.Where(static key => key.EndsWith(".tar", StringComparison.Ordinal)))
        {
            using Hutch.Disk.IDiskFile file = disk.Open("/data/segments/" + key.Split('/')[^1], Hutch.Disk.DiskAccess.CreateNew);
            file.Write(_objects[key], 0);
        }

        await using OpenedSegments opened = await OpenedSegments.OpenAsync(disk, "/data", _time);

        Assert.False(opened.HasDamage);
        Assert.Equal(Enumerable.Range(1, 10).Select(static number => (long)number), await opened.SequencesAsync());
        foreach (byte[] blob in _blobs)
        {
            Assert.Equal(blob, await opened.ReadAsync(ClusterServer.KeyOf(blob)));
        }
    }

    private static async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is IOException or TimeoutException or HutchException or Hutch.Objects.Http.ServerUnreachableException)
        {
            // What the test asked for.
        }
    }

    private static Task AssertAllReadAsync(ClusterServer server, List<byte[]> blobs) => Task.WhenAll(blobs.Select(async blob =>
        Assert.Equal(blob, await server.ReadAsync(blob))));

    private async Task AssertAllReadAsync(params ClusterServer[] servers)
    {
        foreach (ClusterServer server in servers)
        {
            server.ForgetCached();
            await AssertAllReadAsync(server, _blobs);
        }
    }

    private async Task AppendAsync(params int[] lengths)
    {
        byte[][] blobs = [.. lengths.Select(RandomNumberGenerator.GetBytes)];
        _blobs.AddRange(blobs);
        await _a.AppendAsync(++_sequence, Lane.Main, blobs);
    }
}
