using Hutch.Cluster.Bytes;
using Hutch.Objects;
using Hutch.Objects.Http;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Bytes;

/// <summary>Small members of a pack that many want at the same time.</summary>
public sealed class CoalescedReadsTests : IDisposable
{
    private const string Pack = "packs/1";
    private const int Length = 1 << 20;

    private readonly MemoryObjectStore _objects = new();
    private readonly TaskCompletionSource _store = new();
    private readonly SemaphoreSlim _sent = new(0);
    private readonly CoalescedReads _reads;
    private readonly byte[] _bytes = [.. Enumerable.Range(0, Length).Select(static i => (byte)(i % 251))];

    public CoalescedReadsTests()
    {
        _reads = new CoalescedReads(_objects);
        _objects[Pack] = _bytes;

        // The store delays all answers until the test completes _store.
        _objects.Delay = (_, _) =>
        {
            _sent.Release();
            return _store.Task;
        };
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _objects.Dispose();
        _sent.Dispose();
    }

    [Fact]
    public async Task Reads_near_a_running_read_share_one_request()
    {
        Task<byte[]>[] readers = [ReadAsync(100), ReadAsync(50_000), ReadAsync(3000)];
        await AwaitSentAsync(2);
        Task<byte[]> late = ReadAsync(65_500);
        _store.SetResult();

        Assert.Equal([Expected(100), Expected(50_000), Expected(3000), Expected(65_500)], await Task.WhenAll([.. readers, late]));
        Assert.Equal(2, _objects.Calls.Count);
    }

    [Fact]
    public async Task Reads_of_distant_ranges_of_a_pack_use_separate_requests()
    {
        Task<byte[]>[] readers = [ReadAsync(100), ReadAsync(200_000), ReadAsync(500_000)];
        await AwaitSentAsync(3);
        _store.SetResult();

        Assert.Equal([Expected(100), Expected(200_000), Expected(500_000)], await Task.WhenAll(readers));
    }

    [Fact]
    public async Task Sequential_reads_fetch_the_whole_neighbourhood_with_the_second_request()
    {
        _store.SetResult();

        foreach (int offset in new[] { 100, 300, 500, 40_000, 65_500, 100 })
        {
            Assert.Equal(Expected(offset), await ReadAsync(offset));
        }

        Assert.Equal(2, _objects.Calls.Count);
    }

    [Fact]
    public async Task Scattered_reads_fetch_only_the_requested_bytes()
    {
        const int Neighbourhood = 64 << 10;
        _objects[Pack] = new byte[Neighbourhood * 20];
        _store.SetResult();
        for (int round = 0; round < 2; round++)
        {
            for (int place = 0; place < 20; place++)
            {
                byte[] into = new byte[100];
                Assert.Equal(ObjectReadOutcome.Read, await _reads.ReadAsync(Pack, place * Neighbourhood, into, Neighbourhood * 20, Ct));
            }
        }

        Assert.Equal(40, _objects.Calls.Count);
    }

    [Fact]
    public async Task What_was_forgotten_is_read_again_also_when_it_was_on_its_way()
    {
        Task<byte[]>[] readers = [ReadAsync(100), ReadAsync(200)];
        await AwaitSentAsync(2);
        _reads.Remove();
        _store.SetResult();
        await Task.WhenAll(readers);
        _objects[Pack] = new byte[Length];

        Assert.Equal(new byte[100], await ReadAsync(300));
        _reads.Remove();
        _objects[Pack] = _bytes;
        Assert.Equal(Expected(400), await ReadAsync(400));
    }

    [Fact]
    public async Task A_member_that_was_forgotten_is_read_from_the_pack_again()
    {
        _store.SetResult();
        await ReadAsync(100);
        await ReadAsync(300);
        _objects[Pack] = new byte[Length];
        byte[] kept = await ReadAsync(500);

        _reads.Remove(Pack, 500);

        Assert.Equal(Expected(500), kept);
        Assert.Equal(new byte[100], await ReadAsync(500));
    }

    [Fact]
    public async Task The_last_neighbourhood_ends_with_the_pack()
    {
        Task<byte[]>[] readers = [ReadAsync(Length - 300), ReadAsync(Length - 100)];
        _store.SetResult();

        Assert.Equal([Expected(Length - 300), Expected(Length - 100)], await Task.WhenAll(readers));
    }

    [Fact]
    public async Task A_cancelled_read_does_not_affect_the_reads_that_share_its_request()
    {
        using var leaving = new CancellationTokenSource();
        Task<byte[]> first = ReadAsync(100);
        Task<byte[]> gone = ReadAsync(200, leaving.Token);
        Task<byte[]> stays = ReadAsync(300);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        _store.SetResult();

        Assert.Equal([Expected(100), Expected(300)], await Task.WhenAll(first, stays));
    }

    [Fact]
    public async Task A_failed_request_fails_all_reads_that_share_it_and_no_later_ones()
    {
        Task<byte[]>[] readers = [ReadAsync(100), ReadAsync(200), ReadAsync(300)];
        await AwaitSentAsync(2);
        _objects.Fault = static _ => ObjectFault.Lose;
        _store.SetResult();

        foreach (Task<byte[]> one in readers)
        {
            await Assert.ThrowsAsync<ServerUnreachableException>(() => one);
        }

        _objects.Fault = static _ => ObjectFault.None;
        Assert.Equal([Expected(400), Expected(500)], await Task.WhenAll(ReadAsync(400), ReadAsync(500)));
    }

    [Fact]
    public async Task A_deleted_object_is_missing_for_all_readers()
    {
        _objects.Remove(Pack);
        byte[] own = new byte[10], shared = new byte[10];
        Task<ObjectReadOutcome>[] readers =
            [_reads.ReadAsync(Pack, 0, own, Length, Ct).AsTask(), _reads.ReadAsync(Pack, 10, shared, Length, Ct).AsTask()];
        _store.SetResult();

        Assert.All(await Task.WhenAll(readers), static outcome => Assert.Equal(ObjectReadOutcome.Missing, outcome));
    }

    private async Task AwaitSentAsync(int requests)
    {
        for (int i = 0; i < requests; i++)
        {
            await _sent.WaitAsync(Ct);
        }
    }

    private byte[] Expected(int offset) => _bytes[offset..(offset + 100)];

    private async Task<byte[]> ReadAsync(int offset, CancellationToken? ct = null)
    {
        byte[] into = new byte[100];
        Assert.Equal(ObjectReadOutcome.Read, await _reads.ReadAsync(Pack, offset, into, Length, ct ?? Ct));
        return into;
    }
}
