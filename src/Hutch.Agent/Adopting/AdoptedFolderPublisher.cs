using Hutch.Agent.Publishing;
using Hutch.Agent.Rules;
using Hutch.Agent.Watching;

namespace Hutch.Agent.Adopting;

/// <summary>
/// Keeps the dataset of an adopted folder in line with its files. A scan is the truth, because many file systems report no changes: one at
/// the start, one at each request, and one in each interval of thorough scans. Between them only the waiting hashes are counted.
/// </summary>
internal sealed class AdoptedFolderPublisher(
    FolderSessions sessions, FolderFiles files, StoreFiles stores, FolderRecords records, WatchingOptions options, TimeProvider time)
{
    private static readonly TimeSpan TimeBetweenCounts = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TimeInTrash = TimeSpan.FromMinutes(1);

    private const string ChangedAfterClose = "files have changed after the dataset was closed: the changes are not in it.";
    private const string InTrash = "its dataset is in the trash: the folder is not scanned.";

    private const string IsGone =
        "the folder is not there: it was moved or removed, or its file system is not mounted. Its files are kept in the dataset's record, "
        + "and served again when it is back.";

    /// <summary>Lists an adopted folder before its first scan, and returns the request for that; null for any other dataset.</summary>
    public FolderScanRequest? Add(SiteDataset dataset)
    {
        if (AdoptedFolder.Of(dataset) is not { } adopted)
        {
            return null;
        }

        var request = new FolderScanRequest(adopted.Folder, FolderRule.Adopted) { Reasons = ScanReasons.Start };
        FolderSession session = sessions.GetOrAdd(request);
        if (session.Status.Dataset != dataset.Id)
        {
            session.Status = Status(session, dataset, FacilityFolderState.Waiting);
        }

        return session.Request;
    }

    public async Task<PublishOutcome> PublishAsync(FolderSession session, FolderScanRequest request, CancellationToken ct)
    {
        if (await records.InFolderAsync(request.Folder, ct) is not { } dataset)
        {
            sessions.Remove(request.Folder);
            return new PublishOutcome { IsGone = true };
        }

        if (dataset.TrashedUntil is not null)
        {
            session.ScanAt = null;
            session.Status = Status(session, dataset, FacilityFolderState.Published) with { Notices = [InTrash] };
            return new PublishOutcome { LookAgain = TimeInTrash };
        }

        bool isDue = session.MustBeginAnew || session.ScanAt is not { } due || due <= time.GetElapsedTime(0);
        if (isDue)
        {
            session.Remove();
            session.ScanAt = null;
            Result<bool> scanned = AdoptedFolder.Of(dataset) is { IsStore: true }
                ? await stores.RegisterAsync(session, dataset, ct)
                : await files.RegisterAsync(session, request, dataset, null, ct);
            session.Forget();
            if (scanned is not { IsOk: true, Value: true })
            {
                session.Failures++;
                session.Status = Status(
                    session, dataset, scanned.IsOk ? FacilityFolderState.Missing : FacilityFolderState.Attention) with
                {
                    Problem = scanned.IsOk ? IsGone : scanned.Error.Message,
                };
                return new PublishOutcome { LookAgain = FolderPublisher.Retry.DelayAfter(session.Failures) };
            }

            session.Failures = 0;
            session.ScanAt = time.GetElapsedTime(0) + TimeSpan.FromHours(options.ThoroughHours);
        }

        return await DoneAsync(session, dataset, isDue, ct);
    }

    /// <param name="isScanned">True after a scan, false after a look at the waiting hashes only.</param>
    private async Task<PublishOutcome> DoneAsync(FolderSession session, SiteDataset dataset, bool isScanned, CancellationToken ct)
    {
        (long pendingFiles, long pendingBytes) = await records.FindToHashAsync(dataset, ct);
        bool isStore = AdoptedFolder.Of(dataset) is { IsStore: true };
        if (isStore && (isScanned || pendingFiles == 0))
        {
            session.Damage = await stores.FindDamageAsync(dataset, ct);
        }

        if (isStore && pendingFiles == 0
            && await stores.FillAsync(dataset, ct) is { IsOk: false } failed)
        {
            session.ScanAt = null;
            session.Status = Status(session, dataset, FacilityFolderState.Attention) with { Problem = failed.Error.Message };
            return new PublishOutcome { LookAgain = FolderPublisher.Retry.DelayAfter(++session.Failures) };
        }

        FolderScanResult result = session.Result!;
        session.Hashed.AddSample(time.GetUtcNow(), result.Bytes - pendingBytes);
        session.Status = Status(session, dataset, FacilityFolderState.Published) with
        {
            PendingHashes = pendingFiles,
            PendingBytes = pendingBytes,
            Notices =
            [
                .. session.Damage is { } damage ? [damage] : Array.Empty<string>(),
                .. session.IsAnother ? [ChangedAfterClose] : Array.Empty<string>(),
                .. result.Problems,
            ],
        };
        TimeSpan rest = session.ScanAt!.Value - time.GetElapsedTime(0);
        return new PublishOutcome { LookAgain = pendingFiles > 0 && TimeBetweenCounts < rest ? TimeBetweenCounts : rest };
    }

    private static FacilityFolder Status(FolderSession session, SiteDataset dataset, FacilityFolderState state) =>
        new(session.Request.Folder, state)
        {
            Dataset = dataset.Id,
            Name = $"{dataset.Owner}/{dataset.Slug}",
            Adoption = AdoptedFolder.Of(dataset)?.Root,
            Files = session.Result?.Files ?? 0,
            Bytes = session.Result?.Bytes ?? 0,
            Changed = session.Result is { NewestNanoseconds: > 0 } result ? FolderPublisher.NewestOf(result) : null,
        };
}
