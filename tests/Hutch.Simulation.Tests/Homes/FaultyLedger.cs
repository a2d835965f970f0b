using Hutch.Federation.Copies;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Replication.Homes;

namespace Hutch.Simulation.Tests.Homes;

/// <summary>The zone, as a site reaches it over a network that loses questions and answers.</summary>
/// <param name="zone">The zone.</param>
/// <param name="site">The site that tells.</param>
/// <param name="breaks">Whether what is sent now is lost.</param>
internal sealed class FaultyLedger(MovingSite zone, MovingSite site, Func<bool> breaks) : IZoneReports
{
    private static readonly HutchError Lost = ErrorCode.Unavailable.With("The connection broke.");

    private LocalZoneReports Own => new(zone.Registry, zone.Keys, zone.Copies, zone.Homes, zone.Purges, zone.Losses, zone.Name);

    public Task<Result<Done>> ReportAsync(DatasetId dataset, CopyProgress progress, CancellationToken ct)
    {
        site.Told++;
        return SendAsync(
            async key => (await zone.Door.RecordAsync(key, new CopyReport { Dataset = dataset, Progress = progress }, ct)).Then<Done>(_ => Done.Value),
            Own.ReportAsync, dataset, progress, ct);
    }

    public Task<Result<Done>> ReportAsync(DatasetId dataset, MoveReport report, CancellationToken ct) => SendAsync(
        async key => (await zone.Door.RecordAsync(key, new MoveUpdate { Dataset = dataset, Report = report }, ct)).Then<Done>(_ => Done.Value),
        Own.ReportAsync, dataset, report, ct);

    public Task<Result<Done>> ReportAsync(DatasetId dataset, EndReport report, CancellationToken ct) => SendAsync(
        async key => (await zone.Door.RecordAsync(key, new EndUpdate { Dataset = dataset, Report = report }, ct)).Then<Done>(_ => Done.Value),
        Own.ReportAsync, dataset, report, ct);

    public Task<Result<Done>> ReportHoldAsync(DatasetId dataset, bool isHeld, CancellationToken ct) => SendAsync(
        async key => (await zone.Door.RecordAsync(key, new HoldUpdate { Dataset = dataset, IsHeld = isHeld }, ct)).Then<Done>(_ => Done.Value),
        Own.ReportHoldAsync, dataset, isHeld, ct);

    public Task<Result<Done>> ReportPurgedAsync(DatasetId dataset, string proof, CancellationToken ct) => SendAsync(
        async key => (await zone.PurgeDoor.RecordAsync(key, new PurgeUpdate { Dataset = dataset, Proof = proof }, ct)).Then<Done>(_ => Done.Value),
        Own.ReportPurgedAsync, dataset, proof, ct);

    public async Task<Result<ReturnedName>> NameLostAsync(DatasetId dataset, long epoch, CancellationToken ct)
    {
        if (site == zone)
        {
            return await Own.NameLostAsync(dataset, epoch, ct);
        }

        if (breaks())
        {
            return Lost;
        }

        Result<ReturnedName> answer = await zone.LostDoor.NameAsync(
            (await site.Keys.GetAsync(ct)).Fingerprint, new LostDatasetRequest { Dataset = dataset, Epoch = epoch }, ct);
        return breaks() ? Lost : answer;
    }

    private async Task<Result<Done>> SendAsync<T>(
        Func<BlobHash, Task<Result<Done>>> send, Func<DatasetId, T, CancellationToken, Task<Result<Done>>> own,
        DatasetId dataset, T told, CancellationToken ct)
    {
        if (site == zone)
        {
            return await own(dataset, told, ct);
        }

        if (breaks())
        {
            return Lost;
        }

        Result<Done> answer = await send((await site.Keys.GetAsync(ct)).Fingerprint);
        return breaks() ? Lost : answer;
    }
}
