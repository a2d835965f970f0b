using Hutch.Federation.Copies;
using Hutch.Federation.Wire;

namespace Hutch.Federation.Reading;

/// <summary>
/// The sites that have the datasets of one home. Reads go to the nearest one that has the requested data. Bytes from a copy have the hashes
/// that the home has named. Thread-safe.
/// </summary>
/// <param name="list">The ids of the sites that have a dataset, including the home, in the order in which they are asked.</param>
/// <param name="find">Finds one that is not the home.</param>
internal sealed class ReadHolders(
    string homeId, Func<DatasetId, CancellationToken, ValueTask<IReadOnlyList<string>>> list,
    Func<string, Reader, CancellationToken, Task<Result<IHomePeer>>> find, Func<string, CancellationToken, ValueTask<string>> name,
    ReadCache cache, ReadCounts counts, TimeProvider time, ILogger logger)
    : IBlobHolders, IAsyncDisposable
{
    private const int MaxFailures = 10_000;

    private readonly ConcurrentDictionary<string, IncomingBlobs> _bySite = new(StringComparer.Ordinal);
    private readonly LruCache<(DatasetId, string), long> _failed = new(MaxFailures, long.MaxValue, static _ => 0);

    /// <summary>The sites that have a dataset, the nearest first.</summary>
    public ValueTask<IReadOnlyList<string>> ListAsync(DatasetId dataset, CancellationToken ct) => list(dataset, ct);

    public Task<Result<IHomePeer>> FindAsync(string siteId, Reader reader, CancellationToken ct) => find(siteId, reader, ct);

    public IncomingBlobs Incoming(string siteId) => _bySite.GetOrAdd(
        siteId,
        id => new IncomingBlobs(id, (_, reader, ct) => FindAsync(id, reader, ct), cache, counts, time, logger, "It", homeId));

    public bool HasFailed(DatasetId dataset, string siteId) =>
        _failed.TryFind((dataset, siteId), out long since) && time.GetElapsedTime(since) < EvictedReads.LastFor;

    public void NoteFailure(DatasetId dataset, string siteId) => _failed.Set((dataset, siteId), time.GetTimestamp());

    public ValueTask<string> NameAsync(string siteId, CancellationToken ct) => name(siteId, ct);

    public HutchError NoHolderAnswers(IEnumerable<string> refusals) =>
        ErrorCode.Unavailable.With("None of the sites that have these bytes gives them now. " + string.Join(' ', refusals));

    public async ValueTask DisposeAsync()
    {
        foreach (IncomingBlobs one in _bySite.Values)
        {
            await one.DisposeAsync();
        }
    }
}
