using Hutch.Cluster.Tests.Bytes.Support;
using Hutch.Site.Tests.Engines;
using Hutch.Storage;
using Hutch.Testing.Clocks;
using Hutch.Testing.Objects;

namespace Hutch.Cluster.Tests.Bytes;

/// <summary>The bytes beside a log of rows do what the log of a site asks of them.</summary>
public sealed class RowLogTests : SiteLogConformance, IAsyncDisposable
{
    private readonly MemoryRows _rows;
    private readonly ClusterServer _server;

    public RowLogTests()
    {
        var time = new ShiftedTime();
        _rows = new MemoryRows(time);
        _server = new ClusterServer(_rows, new MemoryObjectStore(), time);
    }

    internal override ISiteLog Log => _server.Log;

    internal override ISiteBytes Bytes => _server.Bytes;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _rows.Dispose();
    }

    protected override void LoseTheNextAppend() => _rows.Fail = static step => step == RowStep.AfterAppend ? new TimeoutException() : null;

    protected override void FillUp() => _rows.Fail = static step => step == RowStep.BeforeAppend ? new StorageFullException(1, 0, 0) : null;

    protected override void Mend() => _rows.Fail = static _ => null;
}
