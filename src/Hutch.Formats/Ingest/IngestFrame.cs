using System.Collections.Immutable;

namespace Hutch.Formats.Ingest;

/// <summary>One frame on its way into a dataset.</summary>
/// <param name="Path">The path of its entry.</param>
/// <param name="Number">The number of its image, from 1.</param>
/// <param name="Channel">Its channel's name; empty for the first.</param>
/// <param name="UserMetadata">What its entry must say beside the header; null when nothing.</param>
/// <param name="Chunk">The bytes exactly as they are in the file. Valid until the next frame is asked for.</param>
public sealed record IngestFrame(
    string Path, int Number, string Channel, ImmutableSortedDictionary<string, string>? UserMetadata, ReadOnlyMemory<byte> Chunk);
