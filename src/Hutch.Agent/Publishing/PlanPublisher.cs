using Hutch.Agent.Survey;
using Hutch.Types.Mapping;

namespace Hutch.Agent.Publishing;

/// <summary>Publishes a metadata file: finds or makes the dataset, sets metadata and visibility, writes the block, mails people.</summary>
internal sealed class PlanPublisher(
    FolderSessions sessions, DatasetFinder finder, FolderMappings mappings, MetadataPublisher metadata, PublishedAccess access,
    BlockPublisher blocks, FolderMail mail, PublicationStates states, TimeProvider time)
{
    public async Task<Result<PublishedPlan>> PublishAsync(FolderSession session, Caller caller, FolderPlan plan, CancellationToken ct)
    {
        MappedMetadata mapped = mappings.Map(plan);
        Result<FoundDataset> found = await finder.FindAsync(caller, plan, mapped, ct);
        if (!found.IsOk)
        {
            return found.Error;
        }

        SiteDataset dataset = found.Value.Dataset;
        PublicationState before = await states.FindAsync(dataset.Id, ct);
        IReadOnlyList<string> lineage = mappings.LineageOf(mapped.Type);

        // The dataset of a visit stays as it is at the end of the visit, even if the folder changes.
        bool isOver = before.Metadata is not null && await access.FindEndedVisitAsync(dataset, ct) is not null;
        PublicationState? state = before;
        HutchError? refusal = null;
        if (!isOver && (!(await metadata.PublishAsync(caller.Name, plan, mapped, dataset, before, ct)).TryGet(out state, out refusal)
            || !(await access.SetVisibilityAsync(caller, plan, lineage, dataset, state, ct)).TryGet(out state, out refusal)
            || !(await access.RelateAsync(caller, plan, dataset.Id, state, ct)).TryGet(out state, out refusal)))
        {
            return refusal;
        }

        string? twin = sessions.DuplicateOf(plan.Folder, plan.Identity);
        Result<(PublicationState State, IReadOnlyList<string> Notices)> written =
            await blocks.WriteAsync(session, caller, plan, dataset.Id, state, twin, ct);
        if (!written.IsOk)
        {
            return written.Error;
        }

        string[] addresses = FolderMail.AddressesIn(mapped);
        if (!(await mail.NotifyPublishedAsync(caller, plan, addresses, dataset.Id, written.Value.State, ct)).TryGet(out state, out refusal)
            || (state != before && !(await states.SetAsync(dataset.Id, state, caller.Name, ct)).TryGet(out _, out refusal)))
        {
            return refusal;
        }

        string? from = found.Value.MovedFrom;
        IReadOnlyList<string> unshared = await access.NoticesAsync(caller, dataset.Id, ct);
        string[] moved = from is null ? [] : [$"moved here from {Display.Quote(from)}."];
        return new PublishedPlan(
            plan, dataset.Id, time.GetUtcNow(), twin, addresses, [.. mapped.Notes, .. written.Value.Notices, .. moved, .. unshared])
        {
            MovedFrom = from,
        };
    }
}
