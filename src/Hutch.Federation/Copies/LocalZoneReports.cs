using Hutch.Federation.Keys;
using Hutch.Zone.Replication.Purges;

namespace Hutch.Federation.Copies;

internal sealed class LocalZoneReports(
    SiteRegistry registry, SiteKeyStore keys, CopyRegistry copies, HomeRegistry homes, PurgeRegistry purges, LostHomes losses, string name)
    : IZoneReports
{
    public async Task<Result<Done>> ReportAsync(DatasetId dataset, CopyProgress progress, CancellationToken ct)
    {
        await copies.ReportAsync(registry.OwnId, dataset, progress, ct);
        if (progress is { State: CopyStates.Complete, History: { } whole })
        {
            await homes.NoteCompleteAsync(registry.OwnId, dataset, whole, await keys.SealAsync(ct), ct);
        }

        return Done.Value;
    }

    public async Task<Result<Done>> ReportAsync(DatasetId dataset, MoveReport report, CancellationToken ct) =>
        await homes.ReportAsync(registry.OwnId, dataset, report, await keys.SealAsync(ct), ct);

    public async Task<Result<Done>> ReportAsync(DatasetId dataset, EndReport report, CancellationToken ct) =>
        await homes.ReportAsync(registry.OwnId, dataset, report, ct);

    public async Task<Result<Done>> ReportHoldAsync(DatasetId dataset, bool isHeld, CancellationToken ct) =>
        await copies.HoldAsync(registry.OwnId, dataset, isHeld, ct);

    public async Task<Result<Done>> ReportPurgedAsync(DatasetId dataset, string proof, CancellationToken ct) =>
        await purges.ReportAsync(registry.OwnId, dataset, proof, ct);

    public async Task<Result<ReturnedName>> NameLostAsync(DatasetId dataset, long epoch, CancellationToken ct) =>
        await losses.NameAsync(new SiteAheadOfHome(registry.OwnId, name), dataset, epoch, ct);
}
