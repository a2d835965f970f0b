namespace Hutch.Datasets.Facility;

/// <summary>Brings the git content of adopted RIA stores into their datasets. The caller has checked the rights.</summary>
public interface IAdoptedRepositories
{
    /// <summary>Returns the reason to refuse a bare repository, in words that follow its name; null for none.</summary>
    string? FindFault(string repository);

    /// <summary>Takes the commits and refs that a dataset does not have yet.</summary>
    /// <returns>Notices about what was not taken, a sentence each.</returns>
    Task<Result<IReadOnlyList<string>>> TakeAsync(DatasetId dataset, string repository, CancellationToken ct);

    /// <summary>Makes the files whose bytes have been hashed since the last version files of a new version of the same commit.</summary>
    Task<Result<Done>> FillAsync(DatasetId dataset, CancellationToken ct);
}
