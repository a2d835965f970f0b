using Hutch.Storage.Payloads;

namespace Hutch.Datasets.Servers;

/// <summary>
/// Files in the facility's folders for the other servers of the site. Those have asked whether their clients may read: here is no caller.
/// </summary>
public sealed class OwnedFiles(BlobStore blobs, ReadIndex readIndex)
{
    /// <summary>Reads a part of a file, and looks before and after that it is the version that was registered.</summary>
    /// <param name="version">The hash of the bytes, or what names this version of a file.</param>
    /// <param name="dataset">The dataset whose file is meant, of several with the same bytes.</param>
    /// <param name="offset">First byte.</param>
    /// <returns>The bytes; to be disposed.</returns>
    public async Task<Result<OwnedPart>> ReadAsync(BlobHash version, DatasetId dataset, long offset, int length, CancellationToken ct)
    {
        if (length is <= 0 or > FolderBytes.MaxPartBytes)
        {
            return ErrorCode.BadRequest.With($"At most {FolderBytes.MaxPartBytes} bytes of a file are given at once.");
        }

        using IDisposable permit = await blobs.Work.EnterAsync(length, ct);
        PayloadBuffer buffer = await blobs.Pool.RentAsync(length, ct);
        try
        {
            if (await TryReadAsync(version, dataset, offset, buffer.Memory, ct))
            {
                return new OwnedPart(buffer);
            }

            buffer.Dispose();
            return ErrorCode.Gone.With("No folder has a file of this version.");
        }
        catch (HutchException e)
        {
            buffer.Dispose();
            return e.Error;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private async ValueTask<bool> TryReadAsync(
        BlobHash version, DatasetId dataset, long offset, Memory<byte> destination, CancellationToken ct)
    {
        if (await blobs.Folders.TryReadForOtherAsync(version, dataset, offset, destination, ct))
        {
            return true;
        }

        // The caller may know of a later commit.
        await readIndex.AwaitAsync(ct);
        return await blobs.Folders.TryReadForOtherAsync(version, dataset, offset, destination, ct);
    }
}
