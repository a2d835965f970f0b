using Hutch.Client.Workspaces;

namespace Hutch.Client.Push;

/// <summary>
/// Limits a push to some files of a folder, which others may write to the dataset too: it removes nothing there, and replaces only what
/// this folder sent before.
/// </summary>
internal abstract class PushScope
{
    /// <summary>The version that the files were compared with: the push is based on it. Null for an empty dataset.</summary>
    internal abstract long? Base { get; }

    /// <summary>Returns true if a file that the scan found is to be pushed, or one that is gone is to be forgotten here.</summary>
    internal abstract bool Takes(TrackedFile file);

    /// <summary>
    /// Compares files with the newest version, before any of them is sent. Those that it must not replace become
    /// <see cref="TrackedFile.Unstable"/>; bytes that it has are claimed from the ledger.
    /// </summary>
    internal abstract Task CompareAsync(IReadOnlyList<TrackedFile> files, UploadLedger ledger, CancellationToken cancellationToken);
}
