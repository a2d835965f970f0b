using System.Threading.Channels;

namespace Hutch.Datasets.Thumbnails;

/// <summary>
/// Makes the pictures of datasets after their close, one at a time, so that lists have them before the first view. A picture that was not
/// made, because too many were closed at once or the server stopped, is made at its first view.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ThumbnailPrefetcher(ThumbnailService thumbnails)
{
    /// <summary>The most waiting datasets; a dataset that is closed while the queue is full is left out.</summary>
    private const int MaxWaiting = 1000;

    private readonly Channel<(Caller Caller, DatasetId Dataset)> _closed = Channel.CreateBounded<(Caller Caller, DatasetId Dataset)>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Queues the picture of a dataset, with the rights of the caller that closed it.</summary>
    public void Add(Caller caller, DatasetId dataset) => _closed.Writer.TryWrite((caller, dataset));

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach ((Caller caller, DatasetId dataset) in _closed.Reader.ReadAllAsync(ct))
        {
            // A caller without the right to read gets none; a dataset without a picture now reports that again at its first view.
            Result<Thumbnail?> found = await thumbnails.FindAsync(caller, dataset, null, null, ct);
            if (found.IsOk && found.Value is { } thumbnail)
            {
                await thumbnail.MakeAsync(ct);
            }
        }
    }
}
