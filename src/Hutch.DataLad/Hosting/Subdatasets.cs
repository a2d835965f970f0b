using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Hosting;

/// <summary>
/// Datasets inside a dataset, by the addresses at which git looks for them: a relative address in <c>.gitmodules</c> (DataLad writes no
/// other) means a path below the address of the superdataset.
/// </summary>
internal sealed class Subdatasets(PermanentVersionService versions)
{
    private const string GitSuffix = ".git";

    /// <summary>The dataset of a path below a superdataset, and the path in its repository; null for none.</summary>
    /// <param name="caller">A reader of the superdataset. Rights in the inner dataset are not checked here.</param>
    public async Task<GitRoute?> FindAsync(Caller caller, DatasetId superdataset, string rest, CancellationToken ct)
    {
        SiteDataset dataset = (await versions.FindReadableAsync(caller, superdataset, ct)).Value;
        return ModulesFile.PlacesOf(await versions.ListSubdatasetsAsync(superdataset, dataset.Root, ct))
            .SelectMany(one => one.Places.Select(location => (one.Id, Asked: After(location, rest))))
            .Where(static one => one.Asked is not null)
            .OrderBy(static one => one.Asked!.Length)
            .Select(static one => new GitRoute(one.Id.ToString(), one.Asked!, IsRia: false))
            .FirstOrDefault();
    }

    /// <summary>The rest of a path after a subdataset's path; git-lfs puts a suffix between them.</summary>
    private static string? After(string location, string path)
    {
        if (!path.StartsWith(location, StringComparison.Ordinal))
        {
            return null;
        }

        string rest = path[location.Length..];
        rest = rest.StartsWith(GitSuffix + "/", StringComparison.Ordinal) ? rest[GitSuffix.Length..] : rest;
        return rest.Length > 1 && rest[0] == '/' ? rest[1..] : null;
    }
}
