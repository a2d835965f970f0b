using Hutch.Agent.Rules;

namespace Hutch.Agent.Retention;

/// <summary>A folder whose files are those of a dataset, as retention sees it.</summary>
/// <param name="AcquisitionEnded">The end of acquisition; null during acquisition.</param>
/// <param name="Addresses">The recipients of mail in addition to the owner: addresses of people in the metadata.</param>
public sealed record PublishedFolder(
    string Folder, DatasetId Dataset, FolderRule Rule, DateTimeOffset? AcquisitionEnded, RemovalRequest Removal,
    IReadOnlyList<string> Addresses);
