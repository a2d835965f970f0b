using System.Security.Cryptography;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;

namespace Hutch.Federation.Reading;

/// <summary>
/// Brings one blob from its home into its slots of the cache, in order, and continues after a broken connection. Readers get it when all
/// bytes have the hash. They get a large blob, except the last part, as soon as the home has signed each part.
/// </summary>
/// <param name="advanced">Called when readers may have more.</param>
internal sealed class BlobFetch(
    Func<CancellationToken, Task<Result<IHomePeer>>> find, RemoteBlob wanted, CachedBlob blob, Action advanced)
{
    private const int MaxTries = 4;

    private readonly byte[] _part = new byte[Math.Min(ReadCache.SlotBytes, wanted.Size)];
    private readonly byte[] _trailer = new byte[ExtentStatement.TrailerBytes];
    private long _received;
    private bool _hasUnproven;
    private bool _isSigned = wanted.Size > ExtentStatement.ExtentBytes;

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
            Result<Stream> opened = await OpenAsync(home.Value, ct);
            if (!opened.IsOk)
            {
                return opened.Error;
            }

            await using Stream body = opened.Value;
            if (_hasUnproven)
            {
                _ = hash.GetHashAndReset();
                AddTo(hash);
                _hasUnproven = false;
            }

            HutchError? failure = _isSigned
                ? await TakeSignedAsync(home.Value, body, hash, ct)
                : await TakeAsync(home.Value, body, wanted.Size, hash, null, ct);
            return failure ?? Compare(home.Value, hash);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return ErrorCode.Unavailable.With($"The connection to {home.Value.Name} broke: {e.Message.TrimEnd('.')}. Try again.");
        }
    }

    /// <summary>A home of an earlier release signs no parts: then nothing can be read before the last byte has come.</summary>
    private async Task<Result<Stream>> OpenAsync(IHomePeer home, CancellationToken ct)
    {
        if (_isSigned)
        {
            Result<Stream> signed = await home.ExtentsAsync(wanted.Reading.Dataset, wanted.Place.Page, wanted.Hash, _received, ct);
            if (signed.IsOk || signed.Error.Code != ErrorCode.NotFound || _received > 0)
            {
                return signed;
            }

            _isSigned = false;
        }

        return await home.PartAsync(wanted.Reading.Dataset, wanted.Place.Page, wanted.Hash, _received, wanted.Size, ct);
    }

    private async Task<HutchError?> TakeSignedAsync(IHomePeer home, Stream body, IncrementalHash whole, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (_received < wanted.Size)
        {
            // The bytes of a part without a signature come again.
            long begin = _received;
            bool isProven = false;
            try
            {
                if (await TakeAsync(home, body, ExtentStatement.EndOf(begin, wanted.Size), whole, hash, ct) is { } failure)
                {
                    return failure;
                }

                await body.ReadExactlyAsync(_trailer, ct);
                isProven = true;
            }
            finally
            {
                _hasUnproven = !isProven;
                _received = isProven ? _received : begin;
            }

            var statement = new ExtentStatement(wanted.Hash, wanted.Size, begin, new BlobHash(hash.GetHashAndReset()));
            if (!statement.IsSigned(home.Key, _trailer))
            {
                return HomeFault.Blame(home, ErrorCode.DigestMismatch.With(
                    $"What came of {wanted.Hash} from byte {begin} on has the SHA-256 {statement.Hash}, which it has not signed."));
            }

            if (_received < wanted.Size)
            {
                blob.Readable = _received;
                advanced();
            }
        }

        return null;
    }

    /// <summary>Takes bytes up to one; the hash of the whole, and that of a part, get them as they come.</summary>
    private async Task<HutchError?> TakeAsync(
        IHomePeer home, Stream body, long end, IncrementalHash whole, IncrementalHash? hash, CancellationToken ct)
    {
        while (_received < end)
        {
            int part = (int)(_received / ReadCache.SlotBytes);
            int filled = (int)(_received % ReadCache.SlotBytes);
            int length = blob.LengthOf(part);
            int read = await body.ReadAsync(_part.AsMemory(filled, length - filled), ct);
            if (read == 0)
            {
                return ErrorCode.Unavailable.With($"{home.Name} ended {wanted.Hash} after {_received} of {wanted.Size} bytes. Try again.");
            }

            whole.AppendData(_part.AsSpan(filled, read));
            hash?.AppendData(_part.AsSpan(filled, read));
            _received += read;
            if (filled + read == length && TryWrite(part, length) is { } full)
            {
                return full;
            }
        }

        return null;
    }

    private HutchError? Compare(IHomePeer home, IncrementalHash hash)
    {
        var actual = new BlobHash(hash.GetHashAndReset());
        return actual == wanted.Hash
            ? null
            : HomeFault.Blame(home, ErrorCode.DigestMismatch.With($"What came as {wanted.Hash} has the SHA-256 {actual}."));
    }

    /// <summary>Adds only signed parts to the hash of the whole, as the others may come again.</summary>
    private void AddTo(IncrementalHash whole)
    {
        for (int part = 0; part < ReadCache.SlotsOf(_received); part++)
        {
            blob.Read(part, _part);
            whole.AppendData(_part.AsSpan(0, blob.LengthOf(part)));
        }
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
