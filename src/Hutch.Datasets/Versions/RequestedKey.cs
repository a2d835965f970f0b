using Hutch.Model;

namespace Hutch.Datasets.Versions;

/// <summary>A key of git-annex of which the content is wanted.</summary>
/// <param name="Name">The key without its extension.</param>
/// <param name="Sha256">The SHA-256 of the content, when that is what the key says.</param>
/// <param name="Size">Bytes of the content; null when the key does not say.</param>
public sealed record RequestedKey(string Name, BlobHash? Sha256, long? Size);
