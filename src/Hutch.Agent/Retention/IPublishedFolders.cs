using Hutch.Agent.Retention.Eviction;
using Hutch.Agent.Writing;

namespace Hutch.Agent.Retention;

public interface IPublishedFolders
{
    IReadOnlyList<PublishedFolder> All();

    /// <summary>The one of a dataset; null when its files are in no watched folder.</summary>
    PublishedFolder? Find(DatasetId dataset);

    /// <summary>Scans every file of a folder and compares it with its record.</summary>
    Task<FolderContents> InspectAsync(PublishedFolder folder, CancellationToken ct);

    /// <summary>
    /// Removes the files of a folder that other sites hold, and only those that are unchanged since their registration. Skips files that
    /// are already removed, so that it may be repeated after a stop.
    /// </summary>
    /// <param name="begin">Called once before any file is touched; not called if no file may be removed.</param>
    /// <exception cref="HutchException">Other sites do not hold them, or not any more.</exception>
    Task<RemovedFiles> RemoveAsync(PublishedFolder folder, Func<Task> begin, CancellationToken ct);

    /// <summary>Gives the files back that a removal was at when it was cut off: they stay.</summary>
    Task<RemovedFiles> RemoveFilesAsync(PublishedFolder folder, CancellationToken ct);

    /// <summary>Has what became of a folder written into it.</summary>
    void Announce(PublishedFolder folder);
}
