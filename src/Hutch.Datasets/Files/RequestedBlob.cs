namespace Hutch.Datasets.Files;

/// <summary>The bytes of a file that a caller wants.</summary>
/// <param name="Hash">SHA-256 of its bytes.</param>
/// <param name="Path">A path where the version has it, so that it is found at once; null when it is not known.</param>
public sealed record RequestedBlob(BlobHash Hash, string? Path);
