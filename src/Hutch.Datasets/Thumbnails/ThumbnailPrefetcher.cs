using System.Threading.Channels;
using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Thumbnails;

/// <summary>
/// Makes the pictures of datasets as they are closed, one after the other, so that lists have them before somebody looks. What was not
/// made, as more were closed at once or the server stopped, is made when somebody looks.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ThumbnailPrefetcher(ThumbnailService thumbnails)
{
    /// <summary>So many datasets wait; those that are closed meanwhile do without.</summary>
    private const int MaxWaiting = 1000;

    private readonly Channel<(Caller Caller, DatasetId Dataset)> _closed = Channel.CreateBounded<(Caller Caller, DatasetId Dataset)>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Has the picture of a dataset made, by the rights of who closed it.</summary>
    public void Add(Caller caller, DatasetId dataset) => _closed.Writer.TryWrite((caller, dataset));

    /// <summary>Makes them until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach ((Caller caller, DatasetId dataset) in _closed.Reader.ReadAllAsync(ct))
        {
            // Who may not read has none; what has none now says so again when somebody looks.
            Result<Thumbnail?> found = await thumbnails.FindAsync(caller, dataset, null, null, ct);
            if (found.IsOk && found.Value is { } thumbnail)
            {
                await thumbnail.MakeAsync(ct);
            }
        }
    }
}
