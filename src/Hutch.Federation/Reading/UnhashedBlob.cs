using Hutch.Federation.Copies;
using Hutch.Site.Write.Blobs;

namespace Hutch.Federation.Reading;

/// <summary>A file that its home has not hashed. Its parts come from there at each read, uncached: no hash could check them.</summary>
internal sealed class UnhashedBlob(
    Func<CancellationToken, Task<Result<IHomePeer>>> find, DatasetId dataset, DatasetPath path, Entry entry, ILogger logger)
    : IExternalBlob
{
    public BlobHash Hash => entry.Hash;

    public long Size => entry.Size;

    /// <summary>No more than is needed: there is nothing to check a part with.</summary>
    public Extent PartAt(long position, long needed) => new(position, (int)Math.Min(FolderBytes.MaxPartBytes, needed - position), 0);

    public bool CanRead(Extent part) => true;

    public ValueTask WaitAsync(Extent part, CancellationToken ct) => ValueTask.CompletedTask;

    public async ValueTask ReadAsync(Extent part, Memory<byte> destination, CancellationToken ct)
    {
        if (await TryReadAsync(part, destination, ct) is { } failure)
        {
            throw ErrorCode.Unavailable.With(
                $"{Display.Quote(path.Value)} is not hashed yet, so that only the home of the dataset has it, which did not give it now. "
                + failure.Message).ToException();
        }
    }

    private async Task<HutchError?> TryReadAsync(Extent part, Memory<byte> destination, CancellationToken ct)
    {
        Result<IHomePeer> home = await find(ct);
        if (!home.IsOk)
        {
            return home.Error;
        }

        try
        {
            Result<Stream> opened = await home.Value.UnhashedPartAsync(
                dataset, path.Value, entry.Hash, part.Offset, part.Offset + part.Length, ct);
            if (!opened.IsOk)
            {
                return opened.Error;
            }

            // What comes beyond the part is not read.
            await using Stream body = opened.Value;
            int read = await body.ReadAtLeastAsync(destination[..part.Length], part.Length, throwOnEndOfStream: false, ct);
            if (read == part.Length)
            {
                return null;
            }

            var cut = ErrorCode.Unavailable.With(
                $"{home.Value.Name} ended the bytes of {Display.Quote(path.Value)} {part.Length - read} too early. Try again.");
            HomeOrigin.LogWrong(logger, dataset, cut.Message);
            return cut;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return ErrorCode.Unavailable.With($"The connection to {home.Value.Name} broke: {e.Message.TrimEnd('.')}. Try again.");
        }
    }
}
