using Hutch.Agent.Publishing;
using Hutch.Agent.Watching;

namespace Hutch.Agent.Adopting;

/// <summary>The adoptions of a site: their plans and their scans. They are the datasets whose folders were adopted.</summary>
internal sealed class Adoptions(
    AdoptionSurvey survey, StoreSurvey stores, AdoptedFolderPublisher adopted, FolderRecords records, FolderSessions sessions,
    FolderQueue queue)
{
    public Task<Result<AdoptionPlan>> PlanAsync(string path, string? pattern, bool isStore, CancellationToken ct) =>
        isStore ? stores.PlanAsync(path, ct) : survey.PlanAsync(path, pattern, ct);

    /// <summary>Scans every folder of an adoption, also new ones.</summary>
    public async Task<Result<int>> ScanAsync(string root, CancellationToken ct)
    {
        int count = 0;
        foreach (SiteDataset dataset in await records.ListAsync(ct))
        {
            if (AdoptedFolder.Of(dataset)?.Root == root && adopted.Add(dataset) is { } request)
            {
                Scan(request);
                count++;
            }
        }

        return count;
    }

    /// <summary>Scans an adopted folder, or the one that a path leads into. False for any other.</summary>
    public bool TryScan(string path)
    {
        for (string? folder = path.TrimEnd('/'); folder is { Length: > 0 }; folder = Path.GetDirectoryName(folder))
        {
            if (sessions.Find(folder) is { } session && session.Request.Rule.IsAdopted)
            {
                Scan(session.Request);
                return true;
            }
        }

        return false;
    }

    private void Scan(FolderScanRequest request)
    {
        sessions.GetOrAdd(request).MustBeginAnew = true;
        queue.Add(request with { Reasons = ScanReasons.Requested });
    }
}
