namespace Hutch.Client;

/// <summary>
/// The JSON of a <see cref="TreeListing"/>, in memory of a pool: a page of a large folder has megabytes. Its headers have arrived, so that
/// the next page can be requested before this one is read. Not thread-safe.
/// </summary>
public sealed class ListingPage : IDisposable
{
    private const long MaxBytes = 512L * 1024 * 1024;

    private readonly Func<CancellationToken, Task<HttpResponseMessage>> _request;
    private HttpResponseMessage? _response;
    private byte[]? _bytes;

    private ListingPage(HttpResponseMessage response, Func<CancellationToken, Task<HttpResponseMessage>> request)
    {
        (_response, _request) = (response, request);
        After = response.Headers.TryGetValues(HutchHeaders.Next, out IEnumerable<string>? values)
            ? Uri.UnescapeDataString(values.First())
            : null;
    }

    /// <summary>The <see cref="TreeListing.Next"/>, known before the page is read; null on the last one and from older servers.</summary>
    public string? After { get; }

    /// <summary>Reads the page. After a failure, a second call requests it again.</summary>
    /// <returns>The JSON; valid until the page is disposed.</returns>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(CancellationToken ct)
    {
        using HttpResponseMessage response = Interlocked.Exchange(ref _response, null) ?? await _request(ct);
        if (response.Content.Headers.ContentLength is not ({ } length and <= MaxBytes))
        {
            throw new BadAnswerException($"{response.RequestMessage?.RequestUri} returned a page of an unknown or too large size.");
        }

        Return();
        _bytes = ArrayPool<byte>.Shared.Rent((int)length);
        Memory<byte> json = _bytes.AsMemory(0, (int)length);
        await using Stream body = await response.Content.ReadAsStreamAsync(ct);
        await body.ReadExactlyAsync(json, ct);
        return json;
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _response, null)?.Dispose();
        Return();
    }

    internal static async Task<ListingPage> OpenAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> request, CancellationToken ct) => new(await request(ct), request);

    private void Return()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
