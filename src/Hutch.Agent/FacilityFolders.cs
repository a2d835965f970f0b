using Hutch.Agent.Adopting;
using Hutch.Agent.Publishing;
using Hutch.Agent.Retention;
using Hutch.Agent.Watching;

namespace Hutch.Agent;

/// <summary>The watched folders for users and operators, and their commands to the agent.</summary>
internal sealed class FacilityFolders(
    FolderQueue queue, FolderWatcher watcher, FolderSessions sessions, InviteDrafts invites, RetentionRunner retention,
    RetentionService keeping, Adoptions adoptions, TimeProvider time) : IFacilityFolders
{
    public bool IsElsewhere { get; set; }

    public IReadOnlyList<FacilityFolder> Folders
    {
        get
        {
            Dictionary<string, RetentionReading> readings = [];
            foreach (RetentionStatus status in retention.Status)
            {
                readings[status.Folder.Folder] = status.Reading;
            }

            return [.. sessions.StatusesAt(time.GetUtcNow()).Select(
                folder => readings.TryGetValue(folder.Folder, out RetentionReading? reading)
                ? With(folder, reading)
                : folder)];
        }
    }

    public IReadOnlyList<FacilityParent> Parents => [.. watcher.Parents.Select(ToFacility)];

    public Result<Done> Rescan(string folder) => adoptions.TryScan(folder) ? Done.Value : watcher.Rescan(folder);

    public Task<Result<AdoptionPlan>> PlanAdoptionAsync(string path, string? pattern, bool isStore, CancellationToken ct) =>
        adoptions.PlanAsync(path, pattern, isStore, ct);

    public Task<Result<int>> ScanAdoptionAsync(string root, CancellationToken ct) => adoptions.ScanAsync(root, ct);

    public int Scan()
    {
        int count = 0;
        foreach (FolderSession session in sessions.Sessions)
        {
            session.MustBeginAnew = true;
            queue.Add(session.Request with { Reasons = ScanReasons.Requested });
            count++;
        }

        return count;
    }

    public Task<Result<string>> DraftInviteMailAsync(string folder, CancellationToken ct) => invites.DraftAsync(folder, ct);

    public async Task<Result<FacilityRetention>> FindRetentionAsync(DatasetId dataset, CancellationToken ct) =>
        (await keeping.FindAsync(dataset, ct)).Then<FacilityRetention>(ToFacility);

    public async Task<Result<FacilityRetention>> KeepAsync(
        DatasetId dataset, DateTimeOffset? until, string by, CancellationToken ct) =>
        (await keeping.ExtendAsync(dataset, until, by, ct)).Then<FacilityRetention>(ToFacility);

    private static FacilityFolder With(FacilityFolder folder, RetentionReading reading) => folder with
    {
        KeepUntil = reading.End,
        Notices = reading.Problem is { } problem ? [.. folder.Notices, problem] : folder.Notices,
    };

    private static Result<FacilityRetention> ToFacility(RetentionReading reading) =>
        new FacilityRetention(reading.End, reading.OwnersLimit, reading.IsOver)
        {
            IsAcquiring = reading.IsAcquiring,
            IsLimited = reading.IsLimited,
        };

    private static FacilityParent ToFacility(WatchedParent parent) =>
        new(parent.Path, parent.FileSystem, parent.IsReported, parent.Notices);
}
