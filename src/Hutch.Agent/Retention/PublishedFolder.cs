using Hutch.Agent.Rules;
using Hutch.Model;

namespace Hutch.Agent.Retention;

/// <summary>A folder whose files are those of a dataset, as retention sees it.</summary>
/// <param name="Folder">Its path.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Rule">The rule that holds for it.</param>
/// <param name="AcquisitionEnded">When acquisition ended; null while it goes on.</param>
/// <param name="Removal">What operators wrote into the block.</param>
/// <param name="Addresses">Who is told besides the owner: the addresses of people that the metadata name.</param>
public sealed record PublishedFolder(
    string Folder, DatasetId Dataset, FolderRule Rule, DateTimeOffset? AcquisitionEnded, RemovalRequest Removal,
    IReadOnlyList<string> Addresses);
