using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Hutch.Cluster.Bytes.Packing;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Tests.Bytes.Salvage;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Peers.Postgres;
using Hutch.Site.Life.Maintenance;
using Hutch.Site.Platform.Leases;
using Hutch.Storage;
using Hutch.Storage.Caching;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Rows of the log become packs in the bucket, by whoever has the lease, while all servers write and read.</summary>
public sealed class PackingServersTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly string[] Statements =
        ["BEGIN", "SELECT last_row", "SELECT count(*) FROM site_lease", "SELECT set_config", "WITH head", "UPDATE site_log", "COMMIT"];

    private readonly MemoryObjectStore _objects = new();
    private readonly string _work = Directory.CreateTempSubdirectory("hutch-packing-").FullName;
    private readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private TestDatabase _database = null!;
    private TestServer _a = null!;
    private TestServer _b = null!;
    private SiteDataset _dataset = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Without a cache every byte comes from where it is.</summary>
    private static ClusterOptions Options => new()
    {
        Cache = new CacheOptions { CacheBytes = 0 },
        Packs = new PackOptions { PackBytes = 1 << 16, MergedBytes = 1 << 20, MergeAtPacks = 4 },
    };

    public static TheoryData<string, string> Places
    {
        get
        {
            var places = new TheoryData<string, string>();
            foreach (string statement in Statements)
            {
                foreach (Cut cut in new[] { Cut.Before, Cut.Within, Cut.After })
                {
                    places.Add(statement, cut.ToString());
                }
            }

            return places;
        }
    }

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        _a = await TestServer.OpenAsync(_database.ThroughProxy, _objects, Options);
        _b = await TestServer.OpenAsync(_database.Place, _objects, Options);
        _dataset = await _a.Site.CreateAsync("shared");
        await _b.Site.Site.ReadIndex.AwaitAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_work, recursive: true);
    }

    [Fact]
    public async Task Rows_go_into_packs_while_two_servers_write_and_read_and_the_bucket_alone_has_every_file()
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task packing = PackUntilAsync(enough.Token);

        await Task.WhenAll(WriteAndReadAsync(_a, _b, 40), WriteAndReadAsync(_b, _a, 40));

        await enough.CancelAsync();
        await packing;
        await _b.PackAsync();
        await AssertAllPackedAndReadAsync();
        await AssertSalvagedAsync();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_packer_that_loses_its_connection_at_any_statement_loses_nothing_and_another_server_packs(string statement, string cut)
    {
        await FillAsync();
        int cuts = 1;
        await using (IJobLease lease = await _a.TakeAsync("packing"))
        {
            _database.Proxy.Decide = passing =>
                passing.StartsWith(statement, StringComparison.Ordinal) && Interlocked.Decrement(ref cuts) == 0 ? Enum.Parse<Cut>(cut) : Cut.None;
            await Assert.ThrowsAnyAsync<IOException>(
                () => _a.Engine.Objects.PackOnceAsync(_a.Engine.PacksOf(lease), everything: true, Ct));
            _database.Proxy.Decide = static _ => Cut.None;
        }

        await _b.PackAsync();

        await AssertAllPackedAndReadAsync();
    }

    [Theory]
    [InlineData("Refuse")]
    [InlineData("Lose")]
    [InlineData("LoseAnswer")]
    public async Task A_pack_that_is_not_stored_is_recorded_nowhere(string fault)
    {
        await FillAsync();
        _objects.Fault = call => call.Operation == ObjectOperation.Put ? Enum.Parse<ObjectFault>(fault) : ObjectFault.None;

        await Assert.ThrowsAsync<StorageRefusedException>(() => _a.PackAsync());

        _objects.Fault = static _ => ObjectFault.None;
        Assert.Equal(0, _database.Ask<long>("SELECT count(*) FROM site_log WHERE packed_in IS NOT NULL"));
        await _b.PackAsync();
        await AssertAllPackedAndReadAsync();
    }

    [Fact]
    public async Task A_packer_whose_lease_went_to_another_server_records_nothing()
    {
        await FillAsync();
        await using IJobLease lost = await _a.TakeAsync("packing");
        _database.Run("DELETE FROM site_lease");
        await using IJobLease held = await _b.TakeAsync("packing");

        StorageRefusedException refused = await Assert.ThrowsAsync<StorageRefusedException>(
            () => _a.Engine.Objects.PackOnceAsync(_a.Engine.PacksOf(lost), everything: true, Ct));

        Assert.Contains("another holder", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, _database.Ask<long>("SELECT count(*) FROM site_log WHERE packed_in IS NOT NULL"));
        await _b.Engine.Objects.PackOnceAsync(_b.Engine.PacksOf(held), everything: true, Ct);
        await AssertAllPackedAndReadAsync();
    }

    [Fact]
    public async Task What_was_merged_is_deleted_when_its_time_is_over_and_every_server_knows_of_it()
    {
        for (int i = 0; i < 5; i++)
        {
            await PutAsync(_a, $"file {i}", 500);
            await _a.PackAsync();
        }

        int before = _objects.Keys.Count;
        await using IJobLease lease = await _b.TakeAsync("deleting objects");
        Assert.Equal(0, await _b.Engine.Objects.SweepOnceAsync(_b.Engine.PacksOf(lease), Ct));
        _b.Site.Time.Advance(TimeSpan.FromDays(31));
        _database.Run("UPDATE site_server SET applied_row = 1");
        Assert.Equal(0, await _b.Engine.Objects.SweepOnceAsync(_b.Engine.PacksOf(lease), Ct));
        _database.Run("UPDATE site_server SET applied_row = (SELECT last_row FROM site_head)");

        int deleted = await _b.Engine.Objects.SweepOnceAsync(_b.Engine.PacksOf(lease), Ct);

        // The lists that go with packs are condemned with them, whether there are any.
        Assert.InRange(deleted, 4, 8);
        Assert.True(_objects.Keys.Count < before);
        await AssertAllPackedAndReadAsync();
    }

    [Fact]
    public async Task An_empty_file_in_a_lane_without_records_is_packed_too()
    {
        var group = new LogGroup();
        group.Add(Lane.Until(new DateOnly(2027, 1, 1)), MemberKey.Blob(BlobHash.Compute([])), Array.Empty<byte>());
        (PostgresLog log, _) = await _database.OpenAsync();
        await using (ILogLock logLock = await log.AcquireAsync(_database.Ask<long>("SELECT last_sequence FROM site_head"), Ct))
        {
            await logLock.AppendAsync(group, Ct);
        }

        await _a.PackAsync();

        Assert.Contains(_objects.Keys, static key => key.EndsWith(".until-2027-01-01.tar", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_scrub_reads_the_bucket_and_no_server_serves_the_damage_that_it_finds()
    {
        await PutAsync(_a, "good", 700);
        await PutAsync(_a, "bad", 900);
        await _a.PackAsync();
        string pack = _objects.Keys.First(static key => key.EndsWith(".main.tar", StringComparison.Ordinal));
        byte[] good = _objects[pack];
        byte[] damaged = [.. good];
        damaged[damaged.AsSpan().IndexOf(_files["anna/shared/bad"]) + 7] ^= 1;
        _objects[pack] = damaged;

        ScrubSummary found = await _a.Engine.Objects.Scrub(new ScrubOptions()).RunAsync(static (_, _) => { }, Ct);

        Assert.NotEmpty(found.Damage);
        Assert.Equal(_files["anna/shared/good"], await _a.Site.ReadAsync(_dataset.Id, "good"));
        await Assert.ThrowsAnyAsync<HutchException>(() => _a.Site.ReadAsync(_dataset.Id, "bad"));
        await PutAsync(_a, "tells", 1);
        await _b.Site.Site.ReadIndex.AwaitAsync(Ct);
        _objects[pack] = good;
        await Assert.ThrowsAnyAsync<HutchException>(() => _b.Site.ReadAsync(_dataset.Id, "bad"));
    }

    [Fact]
    public async Task The_stored_files_and_bytes_are_those_of_the_objects_in_the_bucket()
    {
        await PutAsync(_a, "small", 700);
        await PutAsync(_a, "large", 3 << 20);
        await _a.PackAsync();

        string[] held = [.. _objects.Keys.Where(static key => key.EndsWith(".tar", StringComparison.Ordinal) || key.StartsWith("extents/", StringComparison.Ordinal))];
        Assert.Equal(held.Length, _a.Site.Site.Files.Stored.Count);
        Assert.Equal(held.Sum(key => (long)_objects[key].Length), _a.Site.Site.Files.Stored.Bytes);
        Assert.True(_a.Site.Site.Files.Space.FreeBytes > 0);
    }

    [Fact]
    public async Task A_bucket_of_another_site_is_refused_and_nothing_is_written_there()
    {
        string[] before = [.. _objects.Keys];
        await using TestDatabase other = await TestDatabase.CreateAsync(server, Ct);

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => TestServer.OpenAsync(other.Place, _objects, Options));

        Assert.Contains("belongs to the site", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, _objects.Keys);
    }

    [Fact]
    public async Task A_store_that_shows_what_was_written_later_is_refused_in_words()
    {
        _objects.Fault = static call => call.Key.StartsWith("probe/", StringComparison.Ordinal) && call.Operation == ObjectOperation.List
            ? ObjectFault.Stale
            : ObjectFault.None;

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => TestServer.OpenAsync(_database.Place, _objects, Options));

        Assert.Contains("was not in the list of objects", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_does_not_start_and_names_the_object_store_that_does_not_answer()
    {
        _objects.Fault = static _ => ObjectFault.Lose;

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => TestServer.OpenAsync(_database.Place, _objects, Options));

        Assert.Equal(ErrorCode.BadConfiguration, refused.Error.Code);
        Assert.Contains(_objects.Name, refused.Message, StringComparison.Ordinal);
    }

    private async Task PackUntilAsync(CancellationToken enough)
    {
        for (TestServer next = _a; !enough.IsCancellationRequested; next = next == _a ? _b : _a)
        {
            await next.PackAsync();
        }
    }

    private async Task WriteAndReadAsync(TestServer writer, TestServer reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{(writer == _a ? "a" : "b")} {i}");
            await PutAsync(writer, path, 100 + (i * 211));
            await reader.Site.Site.ReadIndex.AwaitAsync(Ct);
            Assert.Equal(_files["anna/shared/" + path], await reader.Site.ReadAsync(_dataset.Id, path));
        }
    }

    private async Task FillAsync()
    {
        for (int i = 0; i < 4; i++)
        {
            await PutAsync(i % 2 == 0 ? _a : _b, $"file {i}", 10 + (i * 700));
        }
    }

    private async Task PutAsync(TestServer writer, string path, int length)
    {
        byte[] content = RandomNumberGenerator.GetBytes(length);
        Assert.True((await writer.Site.PutAsync(_dataset.Id, path, content)).IsOk);
        _files["anna/shared/" + path] = content;
    }

    private async Task AssertAllPackedAndReadAsync()
    {
        Assert.Equal(0, _database.Ask<long>(
            "SELECT count(*) FROM site_log WHERE packed_in IS NULL AND (bodies IS NOT NULL OR last_sequence > 0)"));
        await using TestServer late = await TestServer.OpenAsync(_database.Place, _objects, Options);
        foreach (TestServer one in new[] { _a, _b, late })
        {
            await one.Site.Site.ReadIndex.AwaitAsync(Ct);
            foreach ((string path, byte[] content) in _files)
            {
                Assert.Equal(content, await one.Site.ReadAsync(_dataset.Id, path["anna/shared/".Length..]));
            }
        }
    }

    private async Task AssertSalvagedAsync()
    {
        (int exit, string output) = await SalvagedBucket.RunAsync(_objects, _work, Ct);

        Assert.True(exit == 0, output);
        SalvagedBucket.AssertFiles(_work, _files, _files.Keys);
    }
}
