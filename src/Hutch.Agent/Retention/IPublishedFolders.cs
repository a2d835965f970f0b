using Hutch.Agent.Retention.Eviction;
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
    Task<FolderContents> LookAsync(PublishedFolder folder, CancellationToken ct);
}
