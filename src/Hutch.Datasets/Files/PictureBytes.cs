using System.Buffers;

namespace Hutch.Datasets.Files;

/// <summary>The bytes of a picture: unsigned numbers like those of the frame, packed with bitshuffle and LZ4.</summary>
public sealed class PictureBytes(IMemoryOwner<byte> memory, int length) : IDisposable
{
    public ReadOnlyMemory<byte> Memory => memory.Memory[..length];

    public void Dispose() => memory.Dispose();
}
