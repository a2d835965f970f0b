using System.Diagnostics.Metrics;

namespace Hutch.Federation.Reading;

/// <summary>Metrics of the read-through from other sites. Thread-safe.</summary>
internal sealed class ReadCounts : IDisposable
{
    private readonly Meter _meter = new("Hutch.Federation.Reading");
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _failures;

    public ReadCounts(Func<long> usedBytes)
    {
        _hits = _meter.CreateCounter<long>(
            "hutch.sites.read_cache_hits", description: "Pages and files of other sites that were in the cache");
        _misses = _meter.CreateCounter<long>(
            "hutch.sites.read_cache_misses", description: "Pages and files that had to come from other sites");
        _bytes = _meter.CreateCounter<long>("hutch.sites.read_through", "By", "Bytes of files that came from other sites for readers");
        _failures = _meter.CreateCounter<long>(
            "hutch.sites.read_failures", description: "Files that did not come from other sites, or were not what they should be");
        _meter.CreateObservableGauge("hutch.sites.read_cache", usedBytes, "By", "Bytes of the cache of what was read from other sites");
    }

    public void NoteRead(bool isHit) => (isHit ? _hits : _misses).Add(1);

    /// <param name="bytes">Of a file that came whole; 0 for one that did not.</param>
    public void NoteTransfer(long bytes)
    {
        if (bytes > 0)
        {
            _bytes.Add(bytes);
        }
        else
        {
            _failures.Add(1);
        }
    }

    public void Dispose() => _meter.Dispose();
}
