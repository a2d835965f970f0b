namespace Hutch.Formats.Ingest;

/// <summary>A large array beside the frames, such as a pixel mask.</summary>
/// <param name="Path">The path of its entry, such as <c>header.d/pixel_mask.npy</c>.</param>
/// <param name="File">The entry's bytes, in numpy's format.</param>
public sealed record SourceArray(string Path, ReadOnlyMemory<byte> File);
