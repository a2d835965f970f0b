using System.Diagnostics.Metrics;

namespace Hutch.Cluster.Bytes.Packing;

/// <summary>Metrics of the server that packs: meter <c>Hutch.Cluster.Packs</c>. The other servers report none.</summary>
internal sealed class PackMeter : IDisposable
{
    private readonly Meter _meter = new("Hutch.Cluster.Packs");

    public PackMeter()
    {
        Gauge("hutch.cluster.unpacked.rows", null, static backlog => backlog.Rows, "Rows of the log that wait to be packed");
        Gauge("hutch.cluster.unpacked.bytes", "By", static backlog => backlog.Bytes, "Bytes of these rows");
        Gauge("hutch.cluster.unpacked.age.seconds", "s", static backlog => backlog.Age.TotalSeconds, "How long the oldest one waits");
    }

    /// <summary>The unpacked rows; null while another server packs.</summary>
    public PackBacklog? Backlog { get; set; }

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string? unit, Func<PackBacklog, double> value, string what) => _meter.CreateObservableGauge(
        name, () => Backlog is { } backlog ? [new Measurement<double>(value(backlog))] : Array.Empty<Measurement<double>>(), unit, what);
}
