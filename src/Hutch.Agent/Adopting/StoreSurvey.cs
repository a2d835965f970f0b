using Hutch.Agent.Watching;
using Hutch.Model.Annex;

namespace Hutch.Agent.Adopting;

/// <summary>Plans adoptions of RIA stores: lists their datasets and keys as later scans do, and changes nothing.</summary>
internal sealed class StoreSurvey(
    AdoptionRoots roots, FolderRecords records, IAdoptedRepositories? repositories, AdoptionLimits limits, WatchingOptions options)
{
    private static readonly HutchError NoDoor = (ErrorCode.Forbidden with { Advice = "Set 'dataLad.enabled' in its configuration." }).With(
        "No RIA store can be adopted here: the door of git and DataLad is closed.");

    /// <exception cref="IOException">The store cannot be read.</exception>
    public async Task<Result<AdoptionPlan>> PlanAsync(string path, CancellationToken ct)
    {
        IReadOnlyList<SiteDataset> published = await records.ListAsync(ct);
        if (!roots.Check(path, isStore: true, published).TryGet(out string? root, out HutchError? refusal))
        {
            return refusal;
        }

        if (repositories is null)
        {
            return NoDoor;
        }

        byte[]? layout = SmallFile.TryRead(Path.Combine(root, RiaLayout.VersionFile));
        string version = layout is null ? "" : RiaLayout.VersionOf(Encoding.UTF8.GetString(layout));
        if (version != RiaLayout.StoreVersion)
        {
            return ErrorCode.Unprocessable.With(layout is null
                ? $"{Display.Quote(root)} is not a RIA store: it has no file {RiaLayout.VersionFile}."
                : $"{Display.Quote(root)} is a RIA store of layout {Display.Quote(version)}; layout {RiaLayout.StoreVersion} is known.");
        }

        var walk = new StorePlanner(root, repositories, limits, options);
        List<(DatasetId Id, string Folder)> found = await Task.Run(walk.FindDatasets, ct);
        foreach ((DatasetId id, string folder) in found)
        {
            SiteDataset? dataset = await records.FindAsync(id, ct);
            await Task.Run(() => walk.Add(id, folder, dataset, ct), ct);
        }

        return walk.Report();
    }
}
