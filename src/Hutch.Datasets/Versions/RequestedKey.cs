namespace Hutch.Datasets.Versions;

/// <summary>A key of git-annex whose content is requested.</summary>
/// <param name="Name">The key without its extension.</param>
/// <param name="Sha256">The SHA-256 of the content, when the key contains it.</param>
/// <param name="Size">Bytes of the content; null when the key does not contain the size.</param>
public sealed record RequestedKey(string Name, BlobHash? Sha256, long? Size);
