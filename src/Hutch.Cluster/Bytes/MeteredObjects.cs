using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Hutch.Cluster.Bytes;

/// <summary>A bucket that counts its requests and their outcomes: meter <c>Hutch.Cluster.Objects</c>.</summary>
internal sealed class MeteredObjects : IObjectStore
{
    private readonly Meter _meter = new("Hutch.Cluster.Objects");
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _seconds;
    private readonly IObjectStore _inner;

    /// <param name="inner">The bucket; disposed of with this.</param>
    public MeteredObjects(IObjectStore inner)
    {
        _inner = inner;
        _requests = _meter.CreateCounter<long>(
            "hutch.cluster.object.requests", description: "What the object store was asked, by operation and outcome");
        _seconds = _meter.CreateHistogram<double>("hutch.cluster.object.seconds", "s", "Time until the object store had answered");
    }

    public string Name => _inner.Name;

    public async ValueTask PutAsync(string key, ObjectBody body, CancellationToken cancellationToken) => await CountAsync(
        "put",
        async () =>
        {
            await _inner.PutAsync(key, body, cancellationToken);
            return true;
        });

    public ValueTask<ObjectReadOutcome> ReadAsync(
        string key, long offset, Memory<byte> into, long objectLength, CancellationToken cancellationToken) =>
        CountAsync("read", () => _inner.ReadAsync(key, offset, into, objectLength, cancellationToken));

    public ValueTask<long?> FindLengthAsync(string key, CancellationToken cancellationToken) =>
        CountAsync("find", () => _inner.FindLengthAsync(key, cancellationToken));

    public ValueTask<IReadOnlyList<UndeletedObject>> DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        CountAsync("delete", () => _inner.DeleteAsync(keys, cancellationToken));

    public ValueTask<ObjectPage> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken) =>
        CountAsync("list", () => _inner.ListAsync(prefix, after, limit, cancellationToken));

    public ValueTask<bool> KeepsVersionsAsync(CancellationToken cancellationToken) =>
        CountAsync("versioning", () => _inner.KeepsVersionsAsync(cancellationToken));

    public void Dispose()
    {
        _inner.Dispose();
        _meter.Dispose();
    }

    private async ValueTask<T> CountAsync<T>(string operation, Func<ValueTask<T>> ask)
    {
        long began = Stopwatch.GetTimestamp();
        string outcome = "failed";
        try
        {
            T answer = await ask();
            outcome = "ok";
            return answer;
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        finally
        {
            var name = new KeyValuePair<string, object?>("operation", operation);
            _requests.Add(1, name, new KeyValuePair<string, object?>("outcome", outcome));
            _seconds.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, name);
        }
    }
}
