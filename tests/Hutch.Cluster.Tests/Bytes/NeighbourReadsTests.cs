using Hutch.Cluster.Bytes;
using Hutch.Objects;
using Hutch.Objects.Tests.Fakes;

namespace Hutch.Cluster.Tests.Bytes;

/// <summary>Small members of a pack that many want at the same time.</summary>
public sealed class NeighbourReadsTests : IDisposable
{
    private const string Pack = "packs/1";
    private const int Length = 1 << 20;

    private readonly MemoryObjectStore _objects = new();
    private readonly TaskCompletionSource _store = new();
    private readonly NeighbourReads _reads;
    private readonly byte[] _bytes = [.. Enumerable.Range(0, Length).Select(static i => (byte)(i % 251))];
    private int _sent;

    public NeighbourReadsTests()
    {
        _reads = new NeighbourReads(_objects);
        _objects[Pack] = _bytes;

        // Until the store goes on, nothing is answered.
        _objects.Delay = (_, _) =>
        {
            _sent++;
            return _store.Task;
        };
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _objects.Dispose();

    [Fact]
    public async Task Those_who_come_while_their_neighbour_is_read_share_one_request()
    {
        Task<byte[]>[] readers = [ReadAsync(100), ReadAsync(50_000), ReadAsync(3000), ReadAsync(9)];
        Assert.Equal(1, _sent);

        _store.SetResult();

        byte[][] read = await Task.WhenAll(readers);
        Assert.Equal([Expected(100), Expected(50_000), Expected(3000), Expected(9)], read);
        Assert.Equal(2, _objects.Calls.Count);
    }

    [Fact]
    public async Task Nobody_waits_for_what_is_read_elsewhere_in_the_pack()
    {
        Task<byte[]>[] readers = [ReadAsync(100), ReadAsync(200_000), ReadAsync(500_000)];
        Assert.Equal(readers.Length, _sent);

        _store.SetResult();

        Assert.Equal([Expected(100), Expected(200_000), Expected(500_000)], await Task.WhenAll(readers));
    }

    [Fact]
    public async Task One_after_the_other_each_has_a_request_of_its_own()
    {
        _store.SetResult();

        Assert.Equal(Expected(100), await ReadAsync(100));
        Assert.Equal(Expected(300), await ReadAsync(300));
        Assert.Equal(2, _objects.Calls.Count);
    }

    [Fact]
    public async Task Who_is_cancelled_leaves_the_others_their_bytes()
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
    public async Task A_request_that_fails_fails_for_all_who_share_it_and_the_next_one_is_sent()
    {
        int asked = 0;
        _objects.Fault = _ => ++asked == 2 ? ObjectFault.Lose : ObjectFault.None;
        Task<byte[]> first = ReadAsync(100);
        Task<byte[]>[] sharing = [ReadAsync(200), ReadAsync(300)];
        _store.SetResult();

        Assert.Equal(Expected(100), await first);
        foreach (Task<byte[]> one in sharing)
        {
            await Assert.ThrowsAsync<Hutch.Objects.Http.ServerUnreachableException>(() => one);
        }

        Assert.Equal(Expected(400), await ReadAsync(400));
    }

    [Fact]
    public async Task An_object_that_is_gone_is_missing_for_all_who_ask()
    {
        _objects.Remove(Pack);
        byte[] own = new byte[10], shared = new byte[10];
        Task<ObjectReadOutcome>[] readers =
            [_reads.ReadAsync(Pack, 0, own, Length, Ct).AsTask(), _reads.ReadAsync(Pack, 10, shared, Length, Ct).AsTask()];
        _store.SetResult();

        Assert.All(await Task.WhenAll(readers), static outcome => Assert.Equal(ObjectReadOutcome.Missing, outcome));
    }

    private byte[] Expected(int offset) => _bytes[offset..(offset + 100)];

    private async Task<byte[]> ReadAsync(int offset, CancellationToken? ct = null)
    {
        byte[] into = new byte[100];
        Assert.Equal(ObjectReadOutcome.Read, await _reads.ReadAsync(Pack, offset, into, Length, ct ?? Ct));
        return into;
    }
}
