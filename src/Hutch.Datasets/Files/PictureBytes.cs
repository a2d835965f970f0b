namespace Hutch.Datasets.Files;

/// <summary>The bytes of a picture: unsigned numbers like those of the frame, packed with bitshuffle and LZ4.</summary>
/// <param name="share">What the memory is counted against, until the picture was sent.</param>
public sealed class PictureBytes(ReadOnlyMemory<byte> memory, IDisposable share) : IDisposable
{
    public ReadOnlyMemory<byte> Memory => memory;

    public void Dispose() => share.Dispose();
}
