namespace Hutch.Analysis.Memory;

/// <summary>The bytes of an entry, as they come: a mask has tens of megabytes, and is never needed whole.</summary>
/// <param name="Size">The number of bytes.</param>
/// <param name="Pieces">
/// All of them, in order, once. A piece is valid until the next is requested. A damaged piece throws
/// <see cref="HutchException"/> when it is reached.
/// </param>
public sealed record EntryBytes(long Size, IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces)
{
    /// <summary>The SHA-256 under which the bytes are stored; null when it is unknown without reading them.</summary>
    public BlobHash? Hash { get; init; }

    /// <summary>Bytes that are in memory already, in one piece.</summary>
    public static EntryBytes From(ReadOnlyMemory<byte> bytes) => new(bytes.Length, new[] { bytes }.ToAsyncEnumerable());

    /// <summary>Reads all of them into one array: for small entries, such as a header.</summary>
    public async Task<byte[]> ReadAllAsync(CancellationToken cancellationToken)
    {
        byte[] all = new byte[Size];
        int filled = 0;
        await foreach (ReadOnlyMemory<byte> piece in Pieces.WithCancellation(cancellationToken))
        {
            piece.CopyTo(all.AsMemory(filled));
            filled += piece.Length;
        }

        return all;
    }
}
