using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Hutch.Api.Observation;

/// <summary>Hutch's metrics in Prometheus' text exposition format 0.0.4.</summary>
internal sealed class MetricsText : IDisposable
{
    private const int MaxSeries = 2000;

    private readonly Meter _meter = new("Hutch.Api");
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Name, string Tags), Series> _series = new();
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;

    public MetricsText()
    {
        _requests = _meter.CreateCounter<long>("hutch.api.requests", description: "Requests answered, by method and status");
        _durations = _meter.CreateHistogram<double>("hutch.api.request.seconds", "s", "Time until a request was answered");
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Of two servers in one process, each counts its own requests.
            bool isOther = instrument.Meter.Name == _meter.Name && instrument.Meter != _meter;
            if (!isOther && instrument.Meter.Name.StartsWith("Hutch.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public void Count(HttpContext http, TimeSpan took)
    {
        _requests.Add(
            1,
            new KeyValuePair<string, object?>("method", http.Request.Method),
            new KeyValuePair<string, object?>("status", http.Response.StatusCode));
        _durations.Record(took.TotalSeconds);
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        WriteProcess(text);
        foreach (IGrouping<string, KeyValuePair<(string Name, string Tags), Series>> family in _series.GroupBy(s => s.Key.Name).OrderBy(
            g => g.Key, StringComparer.Ordinal))
        {
            Series first = family.First().Value;
            text.Append(CultureInfo.InvariantCulture, $"# HELP {family.Key} {first.Description}\n# TYPE {family.Key} {first.Type}\n");
            foreach (((string name, string tags), Series series) in family.OrderBy(s => s.Key.Tags, StringComparer.Ordinal))
            {
                series.Write(text, name, tags);
            }
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private static void WriteProcess(StringBuilder text) => text
        .Append("# HELP process_resident_memory_bytes Memory of the process\n# TYPE process_resident_memory_bytes gauge\n")
        .Append(CultureInfo.InvariantCulture, $"process_resident_memory_bytes {Environment.WorkingSet}\n")
        .Append("# HELP dotnet_gc_heap_bytes Managed memory\n# TYPE dotnet_gc_heap_bytes gauge\n")
        .Append(CultureInfo.InvariantCulture, $"dotnet_gc_heap_bytes {GC.GetTotalMemory(false)}\n")
        .Append("# HELP dotnet_gc_committed_bytes Memory that the collector holds\n# TYPE dotnet_gc_committed_bytes gauge\n")
        .Append(CultureInfo.InvariantCulture, $"dotnet_gc_committed_bytes {GC.GetGCMemoryInfo().TotalCommittedBytes}\n");

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        (string, string) key = (instrument.Name.Replace('.', '_').Replace('-', '_'), Tags(tags));
        if (_series.TryGetValue(key, out Series? series) || _series.Count < MaxSeries)
        {
            (series ?? _series.GetOrAdd(key, static (_, of) => new Series(of), instrument)).Record(value);
        }
    }

    private static string Tags(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach ((string key, object? value) in tags)
        {
            string escaped = Convert.ToString(value, CultureInfo.InvariantCulture)!.Replace("\\", "\\\\").Replace("\"", "\\\"")
                .Replace("\n", "\\n");
            text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{key}=\"{escaped}\"");
        }

        return text.ToString();
    }

    private sealed class Series(Instrument instrument)
    {
        private static readonly double[] Bounds = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60];

        private readonly bool _isHistogram = instrument is Histogram<double> or Histogram<long> or Histogram<int>;
        private readonly bool _isCounter = instrument is Counter<long> or Counter<int> or Counter<double> or ObservableCounter<long>;
        private readonly bool _adds =
            instrument is Counter<long> or Counter<int> or Counter<double> or UpDownCounter<long> or UpDownCounter<int>;
        private readonly long[] _buckets = new long[Bounds.Length + 1];
        private readonly Lock _lock = new();
        private double _sum;
        private long _count;

        public string Type => _isHistogram ? "histogram" : _isCounter ? "counter" : "gauge";

        public string Description => instrument.Description ?? instrument.Name;

        public void Record(double value)
        {
            lock (_lock)
            {
                _sum = _adds || _isHistogram ? _sum + value : value;
                _count++;
                if (_isHistogram)
                {
                    int bucket = Array.FindIndex(Bounds, bound => value <= bound);
                    _buckets[bucket < 0 ? Bounds.Length : bucket]++;
                }
            }
        }

        public void Write(StringBuilder text, string name, string tags)
        {
            lock (_lock)
            {
                if (!_isHistogram)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{Braces(tags)} {_sum:R}\n");
                    return;
                }

                long below = 0;
                for (int i = 0; i <= Bounds.Length; i++)
                {
                    below += _buckets[i];
                    string bound = i < Bounds.Length ? Bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
                    string all = (tags.Length == 0 ? "" : tags + ",") + $"le=\"{bound}\"";
                    text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{Braces(all)} {below}\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"{name}_sum{Braces(tags)} {_sum:R}\n{name}_count{Braces(tags)} {_count}\n");
            }
        }

        private static string Braces(string tags) => tags.Length == 0 ? "" : "{" + tags + "}";
    }
}
