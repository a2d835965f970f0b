using Hutch.Model.Tar;

namespace Hutch.Client.Tar;

/// <summary>Reads the blobs of a tar stream, one after the other.</summary>
internal sealed class BlobTarReader(Stream stream) : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly BufferedStream _stream = new(stream, BufferBytes);
    private readonly byte[] _header = new byte[UstarHeader.BlockBytes];

    public void Dispose() => _stream.Dispose();

    /// <summary>Goes to the next blob; null at the end. The body must be read before the next is asked for.</summary>
    internal async Task<BlobMember?> NextAsync(CancellationToken cancellationToken)
    {
        await _stream.ReadExactlyAsync(_header, cancellationToken);
        if (UstarHeader.IsEnd(_header))
        {
            return null;
        }

        return BlobHeader.TryRead(_header, out BlobMember member)
            ? member
            : throw new BadAnswerException("The stream of files has a member that is not a blob.");
    }

    /// <summary>Reads the body of the blob, which is exactly as long as the buffer.</summary>
    internal async Task ReadBodyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await _stream.ReadExactlyAsync(buffer, cancellationToken);
        await _stream.ReadExactlyAsync(_header.AsMemory(0, UstarHeader.PaddingAfter(buffer.Length)), cancellationToken);
    }
}
