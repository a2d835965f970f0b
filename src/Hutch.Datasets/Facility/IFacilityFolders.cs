using Hutch.Model;

namespace Hutch.Datasets.Facility;

/// <summary>
/// The facility agent of this server. It asks nobody for rights: <see cref="FacilityService"/> has, here or at another server.
/// </summary>
public interface IFacilityFolders
{
    /// <summary>Whether another server of the site watches the folders: this one knows nothing of them.</summary>
    bool IsElsewhere => false;

    /// <summary>The watched folders, by path.</summary>
    IReadOnlyList<FacilityFolder> Folders { get; }

    /// <summary>The watched parents, by path.</summary>
    IReadOnlyList<FacilityParent> Parents { get; }

    /// <summary>Looks at a folder at once; the facility's software says that something has changed there.</summary>
    Result<Done> Rescan(string folder);

    /// <summary>Looks at all folders again, at every file.</summary>
    /// <returns>How many.</returns>
    int Scan();

    /// <summary>Writes the letter for the people who measured: where the dataset is, and a new invite to it.</summary>
    Task<Result<string>> DraftInviteMailAsync(string folder, CancellationToken ct);

    /// <summary>How long the files of a dataset stay at the facility.</summary>
    Task<Result<FacilityRetention>> FindRetentionAsync(DatasetId dataset, CancellationToken ct);

    /// <summary>Keeps them until a time, or for ever, within the limits of the rule.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="until">Until when; null for ever.</param>
    /// <param name="by">Who wants it, and manages the dataset.</param>
    /// <param name="ct">Cancels; what has begun to be written is finished.</param>
    Task<Result<FacilityRetention>> KeepAsync(DatasetId dataset, DateTimeOffset? until, string by, CancellationToken ct);
}
