using Hutch.Federation.Copies;
using Hutch.Site.Platform.Fairness;
using Hutch.Site.Write.Blobs;

namespace Hutch.Federation.Reading;

/// <summary>Bytes that this site, as the home, gave up. They come from the holders through the read-through cache. Thread-safe.</summary>
internal sealed class EvictedReads(
    Func<string, CancellationToken, Task<Result<IHolderPeer>>> find, Func<string, CancellationToken, ValueTask<string>> name,
    ReadCache cache, ReadCounts counts, TimeProvider time, ILogger logger)
    : IEvictedBlobs, IBlobHolders, IAsyncDisposable
{
    /// <summary>For so long a site that gave nothing is asked after the others.</summary>
    internal static readonly TimeSpan LastFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, IncomingBlobs> _bySite = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _failed = new(StringComparer.Ordinal);

    public IExternalBlob Find(DatasetId dataset, Eviction eviction, BlobHash page, NamedBlob blob)
    {
        var reading = new DatasetReading(dataset, null);
        var reference = new BlobReference(page, blob.Size);
        return new HoldersBlob(
            this, blob,
            [
                .. eviction.Asked.Where(static one => one.Proof is not null)
                    .Select(one => (one.SiteId, new RemoteBlob(Incoming(one.SiteId), reading, reference, blob.Hash))),
            ],
            time);
    }

    public bool HasFailed(DatasetId dataset, string siteId) =>
        _failed.TryGetValue(siteId, out long since) && time.GetElapsedTime(since) < LastFor;

    public void NoteFailure(DatasetId dataset, string siteId) => _failed[siteId] = time.GetTimestamp();

    public ValueTask<string> NameAsync(string siteId, CancellationToken ct) => name(siteId, ct);

    public HutchError NoHolderAnswers(IEnumerable<string> refusals) => ErrorCode.Unavailable.With(
        "This site has given up these bytes, and none of the sites that hold them gives them now. " + string.Join(' ', refusals));

    public async ValueTask DisposeAsync()
    {
        foreach (IncomingBlobs one in _bySite.Values)
        {
            await one.DisposeAsync();
        }
    }

    private IncomingBlobs Incoming(string siteId) => _bySite.GetOrAdd(
        siteId,
        id => new IncomingBlobs(
            id, async (_, _, ct) => (await find(id, ct)).Then<IHomePeer>(static holder => Result<IHomePeer>.Ok(holder)), cache, counts,
            time, logger, "It"));
}
