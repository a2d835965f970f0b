namespace Hutch.Datasets.Facility;

/// <summary>Brings the git content of adopted RIA stores into their datasets. The caller has checked the rights.</summary>
public interface IAdoptedRepositories
{
    /// <summary>Returns the reason to refuse a bare repository, in words that follow its name; null for none.</summary>
    string? FindFault(string repository);

    /// <summary>Takes the commits and refs that a dataset does not have yet.</summary>
    /// <returns>Notices about what was not taken, a sentence each.</returns>
    Task<Result<IReadOnlyList<string>>> TakeAsync(DatasetId dataset, string repository, CancellationToken ct);

    /// <summary>Finds the keys that the dataset's branch of git-annex calls dead.</summary>
    /// <param name="known">The answer of the time before; returned again while the branch is the same.</param>
    Task<DeadKeyList> FindDeadKeysAsync(DatasetId dataset, DeadKeyList? known, CancellationToken ct);

    /// <summary>Makes the files whose bytes have been hashed since the last version files of a new version of the same commit.</summary>
    Task<Result<Done>> FillAsync(DatasetId dataset, CancellationToken ct);
}

/// <summary>The dead keys of a dataset.</summary>
/// <param name="Branch">The commit of the branch git-annex; empty for none.</param>
/// <param name="Names">The names of the keys.</param>
public sealed record DeadKeyList(string Branch, IReadOnlySet<string> Names);
