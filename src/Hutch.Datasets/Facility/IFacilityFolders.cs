namespace Hutch.Datasets.Facility;

/// <summary>The facility agent of this server. It checks no rights: <see cref="FacilityService"/> has, here or at another server.</summary>
public interface IFacilityFolders
{
    /// <summary>True if another server of the site watches the folders: this one has no information about them.</summary>
    bool IsElsewhere => false;

    IReadOnlyList<FacilityFolder> Folders { get; }

    IReadOnlyList<FacilityParent> Parents { get; }

    /// <summary>Looks at a folder at once; the facility's software says that something has changed there.</summary>
    Result<Done> Rescan(string folder);

    /// <summary>Looks at all folders again, at every file.</summary>
    int Scan();

    /// <summary>Plans the adoption of a folder that this server sees; changes nothing.</summary>
    /// <param name="pattern">A pattern of the folders below that become datasets; null for one dataset.</param>
    /// <param name="isStore">True for a RIA store, whose datasets become datasets.</param>
    Task<Result<AdoptionPlan>> PlanAdoptionAsync(string path, string? pattern, bool isStore, CancellationToken ct);

    /// <summary>Scans all folders of an adoption, also those whose datasets are new, and returns their number.</summary>
    Task<Result<int>> ScanAdoptionAsync(string root, CancellationToken ct);

    /// <summary>Writes the letter for the people of the measurement: the dataset's address, and a new invite to it.</summary>
    Task<Result<string>> DraftInviteMailAsync(string folder, CancellationToken ct);

    Task<Result<FacilityRetention>> FindRetentionAsync(DatasetId dataset, CancellationToken ct);

    /// <summary>Keeps them until a time, or without end, within the limits of the rule.</summary>
    /// <param name="until">The end; null for none.</param>
    /// <param name="by">The user that asks, and manages the dataset.</param>
    /// <param name="ct">Cancels; a write that has begun is finished.</param>
    Task<Result<FacilityRetention>> KeepAsync(DatasetId dataset, DateTimeOffset? until, string by, CancellationToken ct);
}
