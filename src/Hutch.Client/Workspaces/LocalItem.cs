using Hutch.Disk.Folders;
using Hutch.Model;

namespace Hutch.Client.Workspaces;

/// <summary>One thing found in a working directory.</summary>
/// <param name="Path">Path in the dataset (NFC).</param>
/// <param name="LocalPath">Path on the disk, relative to the working directory; differs when the disk's name is not NFC.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Status">What the file system says.</param>
/// <param name="Target">Of a link: where it points.</param>
/// <param name="Hash">Of a placeholder or cached file: the hash in its link.</param>
internal sealed record LocalItem(
    string Path, string LocalPath, LocalKind Kind, FileStatus Status, string? Target = null, BlobHash Hash = default);
