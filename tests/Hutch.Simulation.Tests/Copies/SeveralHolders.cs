using Hutch.Federation.Copies;
using Hutch.Model;
using Hutch.Simulation.Tests.Homes;

namespace Hutch.Simulation.Tests.Copies;

/// <summary>A dataset with small files and a large one, at its home and two sites that have all of it; and a site that is to have it.</summary>
public sealed class SeveralHolders : IAsyncLifetime
{
    private MovingWorld _world = null!;
    private MovingSite _late = null!;

    internal CopyOrder Order { get; private set; } = null!;

    internal IZoneReports Reports => _world.Ledger(_late);

    /// <summary>The home, and the others.</summary>
    internal IReadOnlyList<IHomePeer> Holders { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        _world = await MovingWorld.StartAsync(1);
        _world.IsFaulty = false;
        MovingSite[] holders = [.. _world.Sites];
        for (int i = 0; i < 40; i++)
        {
            Assert.True((await holders[0].WriteAsync(_world.Dataset, $"small/{i:00}.bin", Bytes(5000 + i, i))).IsOk);
        }

        Assert.True((await holders[0].WriteAsync(_world.Dataset, "large.bin", Bytes((40 << 20) + 3, 99))).IsOk);
        _late = await _world.JoinAsync("late");
        await _world.AskAllAsync();
        await _world.SettleAsync();
        BlobHash asker = MovingWorld.KeyOf(_late);
        Order = new CopyOrder(_late.View.Zone.Id, asker, _world.Dataset, "ada", "scan", 1);
        Holders = [.. holders.Select(holder => new FaultyHome(
            holder, MovingWorld.KeyOf(holder), asker, static () => false, static () => Task.CompletedTask))];
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
