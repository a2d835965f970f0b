using Hutch.Model;
using Hutch.Site.Blobs;

namespace Hutch.Live;

/// <summary>Memory for the stored bytes of one frame, kept from frame to frame.</summary>
internal sealed class FrameBuffer(BlobStore blobs)
{
    /// <summary>More than any frame; a longer entry is not taken for one.</summary>
    private const long MaxFrameBytes = 1L << 30;

    private byte[] _bytes = [];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Reads the bytes of an entry, checked.</summary>
    /// <exception cref="HutchException">They are not there, damaged, or too many.</exception>
    public async Task ReadAsync(Entry entry, CancellationToken cancellationToken)
    {
        BlobContent content = await blobs.FindAsync(entry.Hash, cancellationToken)
            ?? throw ErrorCode.Gone.With("The frame is no longer stored.").ToException();
        if (content.Size > MaxFrameBytes)
        {
            throw ErrorCode.TooLarge.With($"The frame has {content.Size} bytes; the limit is {MaxFrameBytes}.").ToException();
        }

        if (_bytes.Length < content.Size)
        {
            _bytes = GC.AllocateUninitializedArray<byte>((int)content.Size);
        }

        _length = (int)content.Size;
        await content.ReadAsync(_bytes.AsMemory(0, _length), cancellationToken);
    }
}
