using Hutch.Model;

namespace Hutch.Datasets.Facility;

/// <summary>The facility agent of this server, as doors see it. Checks no rights: <see cref="FacilityService"/> does.</summary>
public interface IFacilityFolders
{
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
}
