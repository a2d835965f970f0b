namespace Hutch.Site.Write.Blobs;

/// <summary>Provides stored bytes as an incoming body: for copies inside the server. Memory stays at one extent.</summary>
public sealed class ContentPipe : IAsyncDisposable
{
    private readonly Pipe _pipe = new();
    private readonly Task _filling;

    /// <param name="offset">The first byte to read.</param>
    /// <param name="length">The number of bytes to read.</param>
    public ContentPipe(IEntryContent content, long offset, long length, CancellationToken ct) =>
        _filling = FillAsync(content, offset, length, ct);

    /// <summary>Returns the bytes; an error in them is thrown to the reader.</summary>
    public PipeReader Reader => _pipe.Reader;

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
