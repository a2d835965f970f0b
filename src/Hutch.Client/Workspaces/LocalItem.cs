namespace Hutch.Client.Workspaces;

/// <param name="Path">Path in the dataset (NFC).</param>
/// <param name="LocalPath">Path on the disk, relative to the working directory; differs when the disk's name is not NFC.</param>
/// <param name="Hash">The hash in the link of a placeholder or cached file.</param>
internal sealed record LocalItem(
    string Path, string LocalPath, LocalKind Kind, FileStatus Status, string? Target = null, BlobHash Hash = default);

internal enum LocalKind
{
    File,

    Link,

    EmptyFolder,

    /// <summary>A file of the dataset whose bytes are not here: a link into <c>.hutch/missing</c>.</summary>
    Placeholder,

    /// <summary>A file whose bytes are in the shared cache: a link there.</summary>
    Cached,

    /// <summary>A socket, pipe, device or link that a dataset cannot store: the base's entry stays.</summary>
    Unstorable,
}
