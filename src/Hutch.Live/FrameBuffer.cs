using Hutch.Model;
using Hutch.Site.Blobs;

namespace Hutch.Live;

/// <summary>Memory for the stored bytes of one frame, kept from frame to frame.</summary>
internal sealed class FrameBuffer(BlobStore blobs)
{
    private byte[] _bytes = [];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Reads the bytes of an entry, checked.</summary>
    /// <exception cref="HutchException">They are not there, damaged, or too many.</exception>
    public async Task ReadAsync(Entry entry, long maxBytes, CancellationToken cancellationToken)
    {
        BlobContent content = await blobs.FindAsync(entry.Hash, cancellationToken)
            ?? throw ErrorCode.Gone.With("The frame is no longer stored.").ToException();
        if (content.Size > maxBytes)
        {
            throw ErrorCode.TooLarge.With(
                $"The frame has {content.Size} bytes; an image as the header describes it has at most {maxBytes}.").ToException();
        }

        if (_bytes.Length < content.Size)
        {
            _bytes = GC.AllocateUninitializedArray<byte>((int)content.Size);
        }

        _length = (int)content.Size;
        await content.ReadAsync(_bytes.AsMemory(0, _length), cancellationToken);
    }
}
