using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Bytes.Support;

/// <summary>Two servers over one log in memory and one bucket.</summary>
public abstract class TwoServers : IAsyncLifetime
{
    private protected readonly ShiftedTime _time = new();
    private protected readonly MemoryObjectStore _objects = new();
    private protected readonly MemoryRows _rows;
    private protected readonly ClusterServer _a;
    private protected readonly ClusterServer _b;

    private protected TwoServers()
    {
        _rows = new MemoryRows(_time);
        _a = new ClusterServer(_rows, _objects, _time);
        _b = new ClusterServer(_rows, _objects, _time);
    }

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _rows.Dispose();
        GC.SuppressFinalize(this);
    }
}
