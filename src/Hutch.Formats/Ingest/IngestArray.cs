namespace Hutch.Formats.Ingest;

/// <summary>A large array on its way into a dataset.</summary>
/// <param name="Path">The path of its entry, such as <c>header.d/pixel_mask.npy</c>.</param>
/// <param name="File">The entry's bytes, in numpy's format.</param>
public sealed record IngestArray(string Path, ReadOnlyMemory<byte> File);
