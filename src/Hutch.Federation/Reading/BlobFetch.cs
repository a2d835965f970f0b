using System.Security.Cryptography;
using Hutch.Federation.Copies;
using Hutch.Model;

namespace Hutch.Federation.Reading;

/// <summary>
/// Brings one blob into the room that the cache has for it, from its home and in order, going on where a connection broke. Readers have it
/// when all bytes together have the hash.
/// </summary>
internal sealed class BlobFetch(Func<CancellationToken, Task<Result<IHomePeer>>> find, RemoteBlob wanted, CachedBlob blob)
{
    private const int MaxTries = 4;

    private readonly byte[] _part = new byte[Math.Min(ReadCache.SlotBytes, wanted.Size)];
    private long _received;

    /// <summary>Brings all of it; why it did not come otherwise.</summary>
    public async Task<HutchError?> RunAsync(CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        HutchError? failure = null;
        for (int attempt = 0; attempt < MaxTries && _received < wanted.Size; attempt++)
        {
            long before = _received;
            failure = await TryAsync(hash, ct);

            // Only a connection that broke is worth another try.
            if (failure?.Code != ErrorCode.Unavailable || (_received == before && attempt > 0))
            {
                break;
            }
        }

        return failure;
    }

    private async Task<HutchError?> TryAsync(IncrementalHash hash, CancellationToken ct)
    {
        Result<IHomePeer> home = await find(ct);
        if (!home.IsOk)
        {
            return home.Error;
        }

        try
        {
            Result<Stream> opened = await home.Value.PartAsync(
                wanted.Reading.Dataset, wanted.Place.Page, wanted.Hash, _received, ct);
            if (!opened.IsOk)
            {
                return opened.Error;
            }

            await using Stream body = opened.Value;
            return await TakeAsync(home.Value, body, hash, ct);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return ErrorCode.Unavailable.With($"The connection to {home.Value.Name} broke: {e.Message.TrimEnd('.')}. Try again.");
        }
    }

    private async Task<HutchError?> TakeAsync(IHomePeer home, Stream body, IncrementalHash hash, CancellationToken ct)
    {
        while (_received < wanted.Size)
        {
            int part = (int)(_received / ReadCache.SlotBytes);
            int filled = (int)(_received % ReadCache.SlotBytes);
            int length = blob.LengthOf(part);
            int read = await body.ReadAsync(_part.AsMemory(filled, length - filled), ct);
            if (read == 0)
            {
                return ErrorCode.Unavailable.With($"{home.Name} ended {wanted.Hash} after {_received} of {wanted.Size} bytes. Try again.");
            }

            hash.AppendData(_part.AsSpan(filled, read));
            _received += read;
            if (filled + read == length)
            {
                if (TryWrite(part, length) is { } full)
                {
                    return full;
                }
            }
        }

        var actual = new BlobHash(hash.GetHashAndReset());
        return actual == wanted.Hash
            ? null
            : HomeFault.Blame(home, ErrorCode.DigestMismatch.With($"What came as {wanted.Hash} has the SHA-256 {actual}."));
    }

    /// <summary>Our own disk is not the connection's fault: no other try helps.</summary>
    private HutchError? TryWrite(int part, int length)
    {
        try
        {
            blob.Write(part, _part.AsSpan(0, length));
            return null;
        }
        catch (IOException e)
        {
            return ErrorCode.InsufficientStorage.With($"This site cannot write to its cache: {e.Message}");
        }
    }
}
