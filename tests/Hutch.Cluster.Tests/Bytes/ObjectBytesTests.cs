using System.Security.Cryptography;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Tests.Bytes.Support;
using Hutch.Model.Checksums;
using Hutch.Objects;
using Hutch.Storage;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Bytes;

/// <summary>Two servers over one log and one bucket: where bytes are found, and what becomes of those that are damaged.</summary>
public sealed class ObjectBytesTests : TwoServers
{
    [Fact]
    public async Task A_small_member_is_read_from_its_row_by_every_server_and_from_the_cache_the_second_time()
    {
        byte[][] blobs = [[1], [], RandomNumberGenerator.GetBytes(5000), [2, 3]];
        await _a.AppendAsync(Lane.Main, blobs);
        _b.Log.CatchUp();

        await AssertReadsAsync(_b, blobs);
        _rows.Fail = static step => step == RowStep.Bodies ? new IOException("The database is gone.") : null;
        await AssertReadsAsync(_b, blobs);
    }

    [Fact]
    public async Task What_a_server_wrote_itself_it_reads_from_its_cache()
    {
        byte[] blob = RandomNumberGenerator.GetBytes(5000);
        _rows.Fail = static step => step == RowStep.Bodies ? new IOException("The database is gone.") : null;
        await _a.AppendAsync(Lane.Main, blob);
        (MemberKey key, byte[] extent) = await WriteExtentAsync(_a);
        _objects.Fault = static call => call.Operation == ObjectOperation.Read ? ObjectFault.Lose : ObjectFault.None;

        Assert.Equal(blob, await _a.ReadAsync(blob));
        Assert.Equal(extent, await _a.ReadAsync(key));
    }

    [Fact]
    public async Task Reads_in_passing_do_not_fill_the_cache()
    {
        byte[] blob = RandomNumberGenerator.GetBytes(5000);
        await _a.AppendAsync(Lane.Main, blob);
        _b.Log.CatchUp();

        await _b.ReadAsync(blob, inPassing: true);

        Assert.Equal(0, _b.CacheDisk.TakenBytes);
    }

    [Fact]
    public async Task An_extent_is_found_by_its_server_at_once_and_by_others_when_a_row_speaks_of_it()
    {
        (MemberKey key, byte[] extent) = await WriteExtentAsync(_a);
        Assert.Equal(extent, await _a.ReadAsync(key));
        _b.Log.CatchUp();
        Assert.Null(await _b.ReadAsync(key));

        await _a.AppendAsync(1, Lane.Main);
        _b.Log.CatchUp();

        Assert.Equal(extent, await _b.ReadAsync(key));
        Assert.Equal(extent, await _a.ReadAsync(key));
        Assert.Single(_objects.Keys);
    }

    [Fact]
    public async Task An_extent_is_announced_again_until_a_row_that_does_so_is_in_the_log()
    {
        (MemberKey key, byte[] extent) = await WriteExtentAsync(_a);
        _rows.Fail = static step => step == RowStep.BeforeAppend ? new TimeoutException() : null;
        await Assert.ThrowsAsync<TimeoutException>(() => _a.AppendAsync(1, Lane.Main));
        _rows.Fail = static step => step == RowStep.AfterAppend ? new TimeoutException() : null;
        await Assert.ThrowsAsync<TimeoutException>(() => _a.AppendAsync(1, Lane.Main));
        _rows.Fail = static _ => null;
        await _a.AppendAsync(2, Lane.Main);
        await _a.AppendAsync(3, Lane.Main);
        _b.Log.CatchUp();

        Assert.Equal(extent, await _b.ReadAsync(key));
        Assert.Equal([1, 0, 0], _rows.Rows.Select(static row => LogDirectory.Read(row.Directory).Extents.Count));
    }

    [Fact]
    public async Task Two_servers_that_write_the_same_part_of_an_upload_do_not_overwrite_each_other()
    {
        var key = MemberKey.Extent(Guid.NewGuid(), 0);
        await WriteAsync(_a, key, RandomNumberGenerator.GetBytes(1000));
        byte[] second = RandomNumberGenerator.GetBytes(1000);
        await WriteAsync(_b, key, second);

        Assert.Equal(2, _objects.Keys.Count);
        Assert.Equal(second, await _b.ReadAsync(key));
    }

    [Fact]
    public async Task Of_a_part_that_two_servers_wrote_all_read_what_the_log_spoke_of_first()
    {
        var key = MemberKey.Extent(Guid.NewGuid(), 0);
        byte[] first = RandomNumberGenerator.GetBytes(1000);
        await WriteAsync(_a, key, first);
        await WriteAsync(_b, key, RandomNumberGenerator.GetBytes(1000));

        await _a.AppendAsync(1, Lane.Main);
        await _b.AppendAsync(2, Lane.Main);
        _a.Log.CatchUp();
        _b.Log.CatchUp();

        Assert.Equal(first, await _a.ReadAsync(key));
        Assert.Equal(first, await _b.ReadAsync(key));
    }

    [Theory]
    [InlineData(nameof(ObjectFault.Refuse), typeof(StorageRefusedException))]
    [InlineData(nameof(ObjectFault.Lose), typeof(StorageUnknownOutcomeException))]
    [InlineData(nameof(ObjectFault.LoseAnswer), typeof(StorageUnknownOutcomeException))]
    public async Task A_refused_write_is_distinguished_from_a_write_of_unknown_outcome(string fault, Type expected)
    {
        _objects.Fault = _ => Enum.Parse<ObjectFault>(fault);
        var key = MemberKey.Extent(Guid.NewGuid(), 0);

        await Assert.ThrowsAsync(expected, () => WriteAsync(_a, key, new byte[1000]));

        Assert.False(_a.Bytes.TryLocate(key, out _));
    }

    [Fact]
    public async Task A_transient_member_is_not_found_where_only_what_lasts_counts()
    {
        byte[] blob = [1, 2, 3];
        await _a.AppendAsync(Lane.Until(new DateOnly(2026, 11, 25)), blob);
        Assert.True(_a.Bytes.TryLocate(ClusterServer.KeyOf(blob), out MemberLocation location) && location.IsTransient);
        Assert.False(_a.Bytes.TryLocate(ClusterServer.KeyOf(blob), out _, lastingOnly: true));

        await _a.AppendAsync(Lane.Main, blob);

        Assert.True(_a.Bytes.TryLocate(ClusterServer.KeyOf(blob), out location, lastingOnly: true) && !location.IsTransient);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("truncated")]
    [InlineData("altered")]
    public async Task A_damaged_extent_is_never_served_and_every_server_learns_of_it(string damage)
    {
        (MemberKey key, _) = await WriteExtentAsync(_a);
        await _a.AppendAsync(1, Lane.Main);
        _b.Log.CatchUp();
        string name = _objects.Keys.Single();
        Damage(name, damage);

        QuarantinedException refused = await Assert.ThrowsAsync<QuarantinedException>(() => _b.ReadAsync(key));
        await _b.AppendAsync(2, Lane.Main);
        _a.Log.CatchUp();

        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        foreach (ClusterServer server in new[] { _a, _b })
        {
            Assert.True(server.Bytes.HasDamage);
            Assert.True(server.Bytes.IsQuarantined(key));
            Assert.False(server.Bytes.TryLocate(key, out _));
        }
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("altered")]
    public async Task An_extent_that_only_the_cache_has_is_unreadable_after_the_cache_drops_it(string damage)
    {
        (MemberKey key, byte[] extent) = await WriteExtentAsync(_a);
        await _a.AppendAsync(1, Lane.Main);
        Damage(_objects.Keys.Single(), damage);
        byte[]? cached = await _a.ReadAsync(key);
        Assert.True(_a.Bytes.TryLocate(key, out MemberLocation location));

        _a.Bytes.DropCached(location);

        Assert.Equal(extent, cached);
        await Assert.ThrowsAsync<QuarantinedException>(() => _a.ReadAsync(key));
    }

    [Fact]
    public async Task A_row_that_only_the_cache_has_is_unreadable_after_the_cache_drops_it()
    {
        byte[] blob = RandomNumberGenerator.GetBytes(5000);
        await _a.AppendAsync(Lane.Main, blob);
        _rows.Rows[0].Bodies![17] ^= 1;
        byte[]? cached = await _a.ReadAsync(blob);
        Assert.True(_a.Bytes.TryLocate(ClusterServer.KeyOf(blob), out MemberLocation location));

        _a.Bytes.DropCached(location);

        Assert.Equal(blob, cached);
        await Assert.ThrowsAsync<QuarantinedException>(() => _a.ReadAsync(blob));
    }

    [Fact]
    public async Task Another_copy_takes_the_place_of_a_damaged_one()
    {
        byte[] blob = RandomNumberGenerator.GetBytes(5000);
        await _a.AppendAsync(Lane.Main, blob);
        _a.ForgetCached();
        _rows.Rows[0].Bodies![17] ^= 1;
        await Assert.ThrowsAsync<QuarantinedException>(() => _a.ReadAsync(blob));

        await _a.AppendAsync(Lane.Main, blob);

        Assert.Equal(blob, await _a.ReadAsync(blob));
        Assert.True(_a.Bytes.IsQuarantined(ClusterServer.KeyOf(blob)));
    }

    [Fact]
    public async Task Bytes_that_were_damaged_on_their_way_are_asked_for_once_more()
    {
        (MemberKey key, byte[] extent) = await WriteExtentAsync(_a);
        await _a.AppendAsync(1, Lane.Main);
        _b.Log.CatchUp();
        string name = _objects.Keys.Single();
        byte[] whole = _objects[name];
        Damage(name, "altered");
        int reads = 0;
        _objects.Delay = (call, _) =>
        {
            if (call.Operation == ObjectOperation.Read && ++reads == 2)
            {
                _objects[name] = whole;
            }

            return Task.CompletedTask;
        };

        Assert.Equal(extent, await _b.ReadAsync(key));
        Assert.False(_b.Bytes.HasDamage);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_damages_nothing()
    {
        (MemberKey key, byte[] extent) = await WriteExtentAsync(_a);
        await _a.AppendAsync(1, Lane.Main);
        _b.Log.CatchUp();
        foreach (ObjectFault fault in new[] { ObjectFault.Refuse, ObjectFault.Lose })
        {
            _objects.Fault = _ => fault;
            await Assert.ThrowsAsync<MemberUnreadableException>(() => _b.ReadAsync(key));
        }

        _objects.Fault = static _ => ObjectFault.None;

        Assert.Equal(extent, await _b.ReadAsync(key));
        Assert.False(_b.Bytes.HasDamage);
    }

    [Fact]
    public async Task A_damaged_cache_costs_a_request_and_nothing_else()
    {
        (MemberKey key, byte[] extent) = await WriteExtentAsync(_a);
        string file = Path.Combine("/cache", _a.CacheDisk.ListFiles("/cache").Single());
        using (Hutch.Disk.IDiskFile open = _a.CacheDisk.Open(file, Hutch.Disk.DiskAccess.ReadWrite))
        {
            open.Write([0xAA, 0xBB], 5000);
        }

        Assert.Equal(extent, await _a.ReadAsync(key));
        Assert.Contains(_objects.Calls, static call => call.Operation == ObjectOperation.Read);
    }

    [Fact]
    public async Task A_view_that_is_thrown_away_comes_to_the_same()
    {
        byte[] blob = RandomNumberGenerator.GetBytes(5000);
        (MemberKey key, byte[] extent) = await WriteExtentAsync(_a);
        await _a.AppendAsync(1, Lane.Main, blob);

        _a.View.Clear();
        Assert.False(_a.Bytes.TryLocate(ClusterServer.KeyOf(blob), out _));
        _a.Log.CatchUp();

        Assert.Equal(blob, await _a.ReadAsync(blob));
        Assert.Equal(extent, await _a.ReadAsync(key));
    }

    [Fact]
    public async Task A_bucket_says_whose_it_is()
    {
        Assert.True((await ObjectSite.ClaimAsync(_objects, ClusterServer.Site, Guid.NewGuid, Ct)).IsOk);
        Assert.True((await ObjectSite.ClaimAsync(_objects, ClusterServer.Site, Guid.NewGuid, Ct)).IsOk);

        string other = (await ObjectSite.ClaimAsync(_objects, Guid.NewGuid(), Guid.NewGuid, Ct)).Error!.Message;
        _objects[ObjectNames.Site] = "{}"u8.ToArray();
        string unreadable = (await ObjectSite.ClaimAsync(_objects, ClusterServer.Site, Guid.NewGuid, Ct)).Error!.Message;
        _objects.Remove(ObjectNames.Site);
        _objects["holiday.jpg"] = [1];
        string foreign = (await ObjectSite.ClaimAsync(_objects, ClusterServer.Site, Guid.NewGuid, Ct)).Error!.Message;

        Assert.Contains("belongs to the site " + ClusterServer.Site, other, StringComparison.Ordinal);
        Assert.Contains("does not say which site", unreadable, StringComparison.Ordinal);
        Assert.Contains("holiday.jpg", foreign, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ObjectOperation.Read), "not found when it was read")]
    [InlineData(nameof(ObjectOperation.List), "not in the list")]
    public async Task A_store_that_is_stale_is_refused_in_words(string stale, string words)
    {
        var probe = new ObjectProbe(_objects, Guid.NewGuid);
        Assert.True((await probe.RunAsync(Ct)).IsOk);
        Assert.Empty(_objects.Keys);
        _objects.Fault = call => call.Operation == Enum.Parse<ObjectOperation>(stale) ? ObjectFault.Stale : ObjectFault.None;

        string refused = (await probe.RunAsync(Ct)).Error!.Message;

        Assert.Contains(words, refused, StringComparison.Ordinal);
    }

    private static async Task AssertReadsAsync(ClusterServer server, byte[][] blobs)
    {
        foreach (byte[] blob in blobs)
        {
            Assert.Equal(blob, await server.ReadAsync(blob));
        }
    }

    private static async Task<(MemberKey Key, byte[] Body)> WriteExtentAsync(ClusterServer server)
    {
        var key = MemberKey.Extent(Guid.NewGuid(), 8 << 20);
        byte[] body = RandomNumberGenerator.GetBytes(300_000);
        await WriteAsync(server, key, body);
        return (key, body);
    }

    private static async Task WriteAsync(ClusterServer server, MemberKey key, byte[] body) =>
        await server.Bytes.WriteAsync(Lane.Bulk, key, new ExtentBody(body, Checksum.Crc32C(body)), Ct);

    private void Damage(string name, string damage)
    {
        switch (damage)
        {
            case "missing":
                _objects.Remove(name);
                break;
            case "truncated":
                _objects[name] = _objects[name][..^1];
                break;
            default:
                byte[] altered = [.. _objects[name]];
                altered[altered.Length / 2] ^= 4;
                _objects[name] = altered;
                break;
        }
    }
}
