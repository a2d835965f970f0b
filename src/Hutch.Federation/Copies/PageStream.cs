using Hutch.Model.Tar;

namespace Hutch.Federation.Copies;

/// <summary>Reads pages from a tar stream, one at a time. Each is hashed before it is parsed.</summary>
/// <param name="expected">The pages that may come; received ones are removed.</param>
/// <param name="maxBytes">The most bytes that all pages of the copy may still have.</param>
internal sealed class PageStream(Stream body, HashSet<BlobHash> expected, long maxBytes)
{
    private readonly byte[] _block = new byte[UstarHeader.BlockBytes];

    public long Bytes { get; private set; }

    /// <summary>The next page; null at the end of the stream.</summary>
    public async Task<Result<(BlobHash Hash, ReadOnlyMemory<byte> Page)?>> NextAsync(CancellationToken ct)
    {
        await body.ReadExactlyAsync(_block, ct);
        if (!TarHeader.Parse(_block).TryGet(out TarHeader header, out HutchError? refusal))
        {
            return refusal;
        }

        if (header.Kind == TarMemberKind.End)
        {
            return ((BlobHash, ReadOnlyMemory<byte>)?)null;
        }

        if (!TarHeader.ParseBlobName(header.Name).TryGet(out BlobHash hash, out refusal))
        {
            return refusal;
        }

        if (header.Kind != TarMemberKind.File || !expected.Remove(hash))
        {
            return ErrorCode.BadRequest.With($"The stream has page {hash}, which was not asked for.");
        }

        if (header.Size > PageContents.MaxBytes || header.Size > maxBytes - Bytes)
        {
            return ErrorCode.TooLarge.With($"Page {hash} has {header.Size} bytes, more than the history leaves for it.");
        }

        var page = new byte[header.Size];
        await body.ReadExactlyAsync(page, ct);
        await body.ReadExactlyAsync(_block.AsMemory(0, UstarHeader.PaddingAfter(header.Size)), ct);
        Bytes += header.Size;
        var actual = BlobHash.Compute(page);
        return actual == hash
            ? (hash, page)
            : ErrorCode.DigestMismatch.With($"What came as page {hash} has the SHA-256 {actual}.");
    }
}
