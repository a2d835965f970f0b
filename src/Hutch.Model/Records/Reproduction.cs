namespace Hutch.Model.Records;

/// <summary>
/// The proof that a program computes evicted bytes again. While an eviction relies on it, the inputs can neither end nor lose their
/// holders.
/// </summary>
/// <param name="Run">The run that made the bytes, whose record has the program's document.</param>
/// <param name="Rerun">The run that repeated it with equal results.</param>
/// <param name="Key">The fingerprint of the key with which a site of the zone signed that.</param>
/// <param name="At">The time of the comparison, in milliseconds since 1970.</param>
/// <param name="Inputs">The versions that both runs read, with that of the image.</param>
/// <param name="Kept">The contents of files that differ by nature, such as the log: they are not evicted.</param>
public sealed record Reproduction(
    Guid Run, Guid Rerun, BlobHash Key, long At, IReadOnlyList<VersionReference> Inputs, IReadOnlyList<BlobHash> Kept);
