using Hutch.Formats.Frames;

namespace Hutch.Formats.Hdf5Structure;

/// <summary>A data set whose bytes are elsewhere in the file, or will be.</summary>
/// <param name="Shape">Its lengths, slowest first.</param>
internal sealed record Hdf5Stored(ElementType Type, ulong[] Shape)
{
    /// <summary>The address of its bytes in the file, or for chunks of their index; set once it is known.</summary>
    public ulong Address { get; set; } = Hdf5Messages.NoAddress;

    /// <summary>The codec of its chunks. Null when it is in one piece.</summary>
    public FrameCodec? Codec { get; init; }

    /// <summary>The number of items of a chunk along the first length.</summary>
    public uint ChunkItems { get; init; } = 1;

    /// <summary>Bytes of a text, when it has texts rather than numbers.</summary>
    public int? TextBytes { get; init; }

    public long Fill { get; init; }

    public uint[] ChunkShape => [ChunkItems, .. Shape[1..].Select(static length => (uint)length)];

    public int ElementBytes => TextBytes ?? Type.Size();

    /// <summary>Bytes of all of it, when it is in one piece.</summary>
    public ulong Bytes => Shape.Aggregate((ulong)Type.Size(), static (bytes, length) => checked(bytes * length));
}
