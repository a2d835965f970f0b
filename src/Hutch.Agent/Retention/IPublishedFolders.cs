using Hutch.Agent.Retention.Eviction;
using Hutch.Agent.Writing;
using Hutch.Model;

namespace Hutch.Agent.Retention;

/// <summary>The folders that are published now: what publishing tells retention.</summary>
public interface IPublishedFolders
{
    /// <summary>All of them, as they are now.</summary>
    IReadOnlyList<PublishedFolder> All();

    /// <summary>The one of a dataset; null when its files are in no watched folder.</summary>
    PublishedFolder? Find(DatasetId dataset);

    /// <summary>Looks at the files of a folder, each of them, and at what was recorded of them.</summary>
    Task<FolderContents> InspectAsync(PublishedFolder folder, CancellationToken ct);

    /// <summary>
    /// Removes the files of a folder that other sites hold: those that are as they were registered, and no others. What has left already is
    /// passed over, so that it may be done again after a stop.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="begin">Is called once before any file is touched, unless none may be.</param>
    /// <exception cref="HutchException">Other sites do not hold them, or not any more.</exception>
    Task<RemovedFiles> RemoveAsync(PublishedFolder folder, Func<Task> begin, CancellationToken ct);

    /// <summary>Gives the files back that a removal was at when it was cut off: they stay.</summary>
    Task<RemovedFiles> RemoveFilesAsync(PublishedFolder folder, CancellationToken ct);

    /// <summary>Has what became of a folder written into it.</summary>
    void Announce(PublishedFolder folder);
}
