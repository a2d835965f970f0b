using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Replication.Copies;

public sealed partial class CopyRegistry
{
    /// <summary>Records a hold of a site's copy, or its end, for the home. A held copy stays. Repeating it changes nothing.</summary>
    /// <returns>A refusal when the copy is incomplete or released, because a home must not rely on it.</returns>
    public async ValueTask<Result<Done>> HoldAsync(string siteId, DatasetId dataset, bool isHeld, CancellationToken ct) =>
        await _zone.ReadAsync(tables => IsNoted(tables.Copies.Find(dataset, siteId), isHeld), ct)
            ? Done.Value
            : await _zone.ChangeAsync(AuditActor.Server, change => Hold(change, siteId, dataset, isHeld), ct);

    private static bool IsNoted(CopyRecord? copy, bool isHeld) => (copy?.HeldAt is not null) == isHeld;

    private static Result<Done> Hold(ZoneChange change, string siteId, DatasetId dataset, bool isHeld)
    {
        CopyRecord? copy = change.Copies.Find(dataset, siteId);
        if (isHeld && copy is not { CompleteAt: not null, ReleasedAt: null })
        {
            return ErrorCode.Conflict.With($"The zone does not count on this copy of dataset {dataset}: it is not whole, or was released.");
        }

        change.Copies.SetHold(dataset, siteId, isHeld);
        change.AddAudit(isHeld ? "copy.hold" : "copy.unhold", "dataset:" + dataset, "site:" + siteId);
        return Done.Value;
    }
}
