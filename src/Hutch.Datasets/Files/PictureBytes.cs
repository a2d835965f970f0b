using System.Buffers;

namespace Hutch.Datasets.Files;

/// <summary>The bytes of a picture: unsigned numbers like those of the frame, packed with bitshuffle and LZ4.</summary>
/// <param name="share">What the memory is counted against, until the picture was sent.</param>
public sealed class PictureBytes(IMemoryOwner<byte> memory, int length, IDisposable share) : IDisposable
{
    public ReadOnlyMemory<byte> Memory => memory.Memory[..length];

    public void Dispose()
    {
        memory.Dispose();
        share.Dispose();
    }
}
