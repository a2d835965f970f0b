using System.Text;
using Hutch.Cluster.Bytes;
using Hutch.Cluster.Journal;
using Hutch.Cluster.Servers;
using Hutch.Cluster.Tests.Support;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Cluster.Tests.Peers;

/// <summary>Bodies leave their rows for packs, in one commit, and only for who has the lease.</summary>
public sealed class LogPackTests(PostgresServer server) : IAsyncLifetime
{
    private readonly ServerIdentity _server = new(Guid.NewGuid(), "packer");
    private TestDatabase _database = null!;
    private PostgresLog _log = null!;
    private LogConnections _connections = null!;
    private Membership _membership = null!;
    private LogPacks _packs = null!;
    private JobLeases _leases = null!;
    private JobLease _lease = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(server, Ct);
        (_log, _connections) = await _database.OpenServerAsync(_server);
        _membership = await Membership.JoinAsync(
            _connections, _log, _server, new ServerOptions(), () => new ServerProgress(_log.Applied.Number, null), TimeProvider.System,
            NullLogger.Instance, Ct);
        _leases = new JobLeases(_connections, _log, _server, new LeaseOptions(), TimeProvider.System, NullLogger.Instance);
        _lease = (await _leases.TryTakeAsync("packer", Ct))!;
        _packs = new LogPacks(_connections, _log, _lease, Guid.NewGuid);
    }

    public async ValueTask DisposeAsync()
    {
        await _leases.DisposeAsync();
        await _membership.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Rows_are_packed_in_order_and_their_bodies_are_found_in_the_pack()
    {
        for (int i = 1; i <= 3; i++)
        {
            await AppendAsync(i, $"body {i}");
        }

        IReadOnlyList<UnpackedRow> rows = await _packs.ReadUnpackedAsync(1 << 20, Ct);
        Assert.Equal([1L, 2, 3], rows.Select(static row => row.Number));
        Assert.Equal("body 2", Encoding.UTF8.GetString(rows[1].Bodies.Span));
        Assert.Equal((2L, 2L), (rows[1].FirstSequence, rows[1].LastSequence));

        await _packs.RecordAsync(PackOf(1, 2), Ct);

        Assert.Equal([3L], (await _packs.ReadUnpackedAsync(1 << 20, Ct)).Select(static row => row.Number));
        Assert.Equal(ObjectNames.For(PackOf(1, 2).Packs[0]), await _log.ReadBodiesAsync(2, 0, new byte[6], Ct));
        Assert.Null(await _log.ReadBodiesAsync(3, 0, new byte[6], Ct));
        await AppendAsync(4, "body 4");
        (PostgresLog late, ObjectBytes bytes) = await _database.OpenAsync();
        Assert.Equal([1L, 2, 3, 4], await late.LastNumbersAsync());
        Assert.Equal(5, bytes.Members.Applied.Number);
    }

    [Fact]
    public async Task No_more_is_read_than_was_asked_for_but_one_row_always()
    {
        await AppendAsync(1, new string('x', 5000));
        await AppendAsync(2, new string('y', 5000));

        Assert.Single(await _packs.ReadUnpackedAsync(10, Ct));
        Assert.Single(await _packs.ReadUnpackedAsync(6000, Ct));
        Assert.Equal(2, (await _packs.ReadUnpackedAsync(60_000, Ct)).Count);
    }

    [Fact]
    public async Task A_server_that_lost_the_lease_packs_nothing()
    {
        await AppendAsync(1, "body");
        await _lease.DisposeAsync();

        await Assert.ThrowsAsync<StorageRefusedException>(() => _packs.RecordAsync(PackOf(1), Ct).AsTask());

        Assert.Single(await _packs.ReadUnpackedAsync(1 << 20, Ct));
        Assert.Equal(1, _database.Ask<long>("SELECT last_row FROM site_head"));
    }

    [Fact]
    public async Task Numbers_of_packs_rise_and_the_slowest_server_is_known()
    {
        long first = await _packs.NextPackAsync(Ct);
        Assert.True(await _packs.NextPackAsync(Ct) > first);
        Assert.Equal(0, await _packs.ReadLeastAppliedAsync(Ct));
    }

    [Fact]
    public async Task A_row_is_recorded_only_when_no_later_row_speaks_against_it()
    {
        await AppendAsync(1, "body");
        await AppendAsync(2, "relied upon");
        ulong fingerprint = MemberKey.Blob(BlobHash.Compute("body"u8)).Fingerprint;
        LogGroup relying = TestGroups.From(3, 3);
        relying.RelyOn(MemberKey.Blob(BlobHash.Compute("body"u8)));
        await using (ILogLock logLock = await _log.AcquireAsync(2, Ct))
        {
            await logLock.AppendAsync(relying, Ct);
        }

        var seen = new List<int>();
        Assert.Null(await TryAsync(2, row => row.ReliedUpon.Contains(fingerprint)));
        Assert.Equal(3, _database.Ask<long>("SELECT last_row FROM site_head"));
        Assert.Equal(4, await TryAsync(3, row => row.ReliedUpon.Contains(fingerprint)));
        Assert.Equal(5, await TryAsync(1, row =>
        {
            seen.Add(row.ReliedUpon.Count);
            return false;
        }));

        Assert.Equal([0, 1, 0], seen);
        await _lease.DisposeAsync();
        await Assert.ThrowsAsync<StorageRefusedException>(() => TryAsync(5, static _ => false));
    }

    [Fact]
    public async Task A_group_that_only_relies_on_something_is_a_row_of_its_own()
    {
        var group = new LogGroup();
        group.RelyOn(MemberKey.Blob(BlobHash.Compute("body"u8)));
        await using (ILogLock logLock = await _log.AcquireAsync(0, Ct))
        {
            await logLock.AppendAsync(group, Ct);
        }

        Assert.Equal(1, _database.Ask<long>("SELECT last_row FROM site_head"));
        Assert.Empty(await _packs.ReadUnpackedAsync(1 << 20, Ct));
        await AppendAsync(1, "next");
    }

    private Task<long?> TryAsync(long after, Predicate<LogDirectory> isAgainst) =>
        new CollectionLease(_connections, _lease, Guid.NewGuid).TryCondemnAsync(["extents/x"], false, after, isAgainst, Ct);

    private LogDirectory PackOf(params long[] rows) => new()
    {
        Packs = [new StoredPack(7, Lane.Main, _server.Id, 10_000, "seal", [.. rows.Select(static row => new PackedRow(row, 1000 * row))])],
    };

    private async Task AppendAsync(long sequence, string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        LogGroup group = TestGroups.From(sequence, sequence);
        group.Add(Lane.Main, MemberKey.Blob(BlobHash.Compute(bytes)), bytes);
        await using ILogLock logLock = await _log.AcquireAsync(sequence - 1, Ct);
        await logLock.AppendAsync(group, Ct);
    }
}
