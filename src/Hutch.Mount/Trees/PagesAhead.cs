using System.Threading.Channels;

namespace Hutch.Mount.Trees;

/// <summary>
/// The pages of a folder, each requested when the headers of the one before have arrived. Two wait for their reader at most, so that
/// neither server nor reader is idle. Not thread-safe.
/// </summary>
internal sealed class PagesAhead : IAsyncDisposable
{
    private readonly Channel<ListingPage> _pages = Channel.CreateBounded<ListingPage>(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _requesting;
    private ListingPage? _page;

    /// <param name="open">Opens the page after a path.</param>
    /// <param name="after">The path before the first page; null for the start of the folder.</param>
    internal PagesAhead(Func<string?, CancellationToken, Task<ListingPage>> open, string? after) => _requesting = RequestAsync(open, after);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _requesting;
        _page?.Dispose();
        while (_pages.Reader.TryRead(out ListingPage? unread))
        {
            unread.Dispose();
        }

        _stop.Dispose();
    }

    /// <summary>The next page, valid until the following call; null after the last. Throws if it could not be opened.</summary>
    internal async ValueTask<ListingPage?> NextAsync(CancellationToken cancellationToken)
    {
        _page?.Dispose();
        _page = await _pages.Reader.WaitToReadAsync(cancellationToken) && _pages.Reader.TryRead(out ListingPage? page) ? page : null;
        return _page;
    }

    private async Task RequestAsync(Func<string?, CancellationToken, Task<ListingPage>> open, string? after)
    {
        ListingPage? page = null;
        try
        {
            do
            {
                page = await open(after, _stop.Token);
                after = page.After;
                await _pages.Writer.WriteAsync(page, _stop.Token);
                page = null;
            }
            while (after is not null);
            _pages.Writer.Complete();
        }
        catch (Exception e)
        {
            page?.Dispose();
            _pages.Writer.Complete(e); // the reader gets every failure
        }
    }
}
