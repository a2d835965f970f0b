using System.IO.Pipelines;
using Hutch.Site.Blobs;

namespace Hutch.Datasets.Files;

/// <summary>Lets stored bytes be read as if they came in: for copies inside the server. Memory stays at one extent.</summary>
internal sealed class ContentPipe : IAsyncDisposable
{
    private readonly Pipe _pipe = new();
    private readonly Task _filling;

    public ContentPipe(IEntryContent content, long offset, long length, CancellationToken ct) =>
        _filling = FillAsync(content, offset, length, ct);

    public PipeReader Reader => _pipe.Reader;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Ends the writer, however far it is.
        await _pipe.Reader.CompleteAsync();
        await _filling;
    }

    private async Task FillAsync(IEntryContent content, long offset, long length, CancellationToken ct)
    {
        Exception? failure = null;
        try
        {
            await content.CopyToAsync(_pipe.Writer, offset, length, ct);
        }
        catch (Exception e)
        {
            failure = e;
        }

        await _pipe.Writer.CompleteAsync(failure);
    }
}
