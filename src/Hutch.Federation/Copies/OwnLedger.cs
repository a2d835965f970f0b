using Hutch.Federation.Keys;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Replication.Copies;
using Hutch.Zone.Replication.Homes;
using Hutch.Zone.Replication.Purges;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Federation.Copies;

/// <summary>The zone, for copies at the site beside it.</summary>
internal sealed class OwnLedger(
    SiteRegistry registry, SiteKeyStore keys, CopyRegistry copies, HomeRegistry homes, PurgeRegistry purges, LostHomes losses, string name)
    : ICopyLedger
{
    public async Task<Result<Done>> TellAsync(DatasetId dataset, CopyProgress progress, CancellationToken ct)
    {
        await copies.TellAsync(registry.OwnId, dataset, progress, ct);
        if (progress is { State: CopyStates.Complete, History: { } whole })
        {
            await homes.NoteCompleteAsync(registry.OwnId, dataset, whole, await keys.SealAsync(ct), ct);
        }

        return Done.Value;
    }

    public async Task<Result<Done>> TellAsync(DatasetId dataset, MoveReport report, CancellationToken ct) =>
        await homes.TellAsync(registry.OwnId, dataset, report, await keys.SealAsync(ct), ct);

    public async Task<Result<Done>> TellAsync(DatasetId dataset, EndReport report, CancellationToken ct) =>
        await homes.TellAsync(registry.OwnId, dataset, report, ct);

    public async Task<Result<Done>> TellHeldAsync(DatasetId dataset, bool isHeld, CancellationToken ct) =>
        await copies.HoldAsync(registry.OwnId, dataset, isHeld, ct);

    public async Task<Result<Done>> TellPurgedAsync(DatasetId dataset, string proof, CancellationToken ct) =>
        await purges.TellAsync(registry.OwnId, dataset, proof, ct);

    public async Task<Result<ReturnedName>> NameLostAsync(DatasetId dataset, long epoch, CancellationToken ct) =>
        await losses.NameAsync(new SiteOfLoss(registry.OwnId, name), dataset, epoch, ct);
}
