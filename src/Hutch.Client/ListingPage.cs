namespace Hutch.Client;

/// <summary>The JSON of a <see cref="TreeListing"/>, in memory of a pool: a page of a large folder has megabytes.</summary>
public sealed class ListingPage : IDisposable
{
    private const long MaxBytes = 512L * 1024 * 1024;

    private readonly byte[] _bytes;
    private readonly int _length;

    private ListingPage(byte[] bytes, int length, string? after) => (_bytes, _length, After) = (bytes, length, after);

    public ReadOnlyMemory<byte> Json => _bytes.AsMemory(0, _length);

    /// <summary>The <see cref="TreeListing.Next"/> , known before the page is read; null on the last one and from older servers.</summary>
    public string? After { get; }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    internal static async Task<ListingPage> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength is not ({ } length and <= MaxBytes))
        {
            throw new BadAnswerException($"{response.RequestMessage?.RequestUri} returned a page of an unknown or too large size.");
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(ct);
            await body.ReadExactlyAsync(bytes.AsMemory(0, (int)length), ct);
            return new ListingPage(bytes, (int)length, AfterIn(response));
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(bytes);
            throw;
        }
    }

    private static string? AfterIn(HttpResponseMessage response) =>
        response.Headers.TryGetValues(HutchHeaders.Next, out IEnumerable<string>? values) ? Uri.UnescapeDataString(values.First()) : null;
}
