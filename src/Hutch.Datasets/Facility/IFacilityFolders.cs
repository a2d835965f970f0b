using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Facility;

/// <summary>The facility agent of this server, as doors see it. Folders are for operators: <see cref="FacilityService"/> asks.</summary>
public interface IFacilityFolders
{
    /// <summary>Whether another server of the site watches the folders: this one knows nothing of them.</summary>
    bool IsElsewhere => false;

    /// <summary>The watched folders, by path.</summary>
    IReadOnlyList<FacilityFolder> Folders { get; }

    /// <summary>The watched parents, by path.</summary>
    IReadOnlyList<FacilityParent> Parents { get; }

    /// <summary>Looks at a folder at once; the facility's software says that something has changed there.</summary>
    Result<Done> Poke(string folder);

    /// <summary>Looks at all folders again, at every file.</summary>
    /// <returns>How many.</returns>
    int Scan();

    /// <summary>Writes the letter for the people who measured: where the dataset is, and a new invite to it.</summary>
    Task<Result<string>> WriteLetterAsync(string folder, CancellationToken ct);

    /// <summary>How long the files of a dataset stay at the facility, for who may see it.</summary>
    Task<Result<FacilityRetention>> FindRetentionAsync(Caller caller, DatasetId dataset, CancellationToken ct);

    /// <summary>Keeps them until a time, or for ever (null), for who manages the dataset, within the limits of the rule.</summary>
    Task<Result<FacilityRetention>> KeepAsync(Caller caller, DatasetId dataset, DateTimeOffset? until, CancellationToken ct);
}
