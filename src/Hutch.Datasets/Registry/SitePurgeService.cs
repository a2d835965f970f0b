using Hutch.Zone.Accounts;
using Hutch.Zone.Publishing;

namespace Hutch.Datasets.Registry;

/// <summary>Purges datasets at this site, after a check of the caller's rights. Each purge is audited.</summary>
public sealed class SitePurgeService
{
    private const int MaxReasonCharacters = 500;

    private readonly DatasetDescriber _describer;
    private readonly AccountService _accounts;
    private readonly Publications _publications;
    private readonly DatasetLifecycle _lifecycle;
    private readonly MaintenanceJobs _jobs;

    internal SitePurgeService(
        DatasetDescriber describer, AccountService accounts, Publications publications, DatasetLifecycle lifecycle, MaintenanceJobs jobs)
    {
        (_describer, _accounts, _publications) = (describer, accounts, publications);
        (_lifecycle, _jobs) = (lifecycle, jobs);
    }

    /// <summary>Ends the bytes of a dataset at once. The audit is written first: no purge without its line.</summary>
    /// <param name="isOfTrash">True to refuse a dataset that is not in the trash, also to an administrator.</param>
    public async Task<Result<DatasetDescription>> PurgeAsync(
        Caller caller, DatasetId id, string reason, bool isOfTrash, CancellationToken ct)
    {
        bool needsTrash = isOfTrash || !caller.Roles.Contains(Role.Administrator);
        Result<Access> access = await _describer.AuthorizeAsync(caller, id, Operation.DatasetPurge, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        if (CheckReason(reason) is { } refusal)
        {
            return refusal;
        }

        Result<SiteDataset> dataset = await _lifecycle.CheckAsync(id, here => CheckPurge(caller, here), ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (needsTrash && dataset.Value is { TrashedUntil: null, Ended: null })
        {
            return DatasetState.NotInTrash(access.Value.Dataset.FullName);
        }

        await _accounts.AuditAsync(caller, Operation.DatasetPurge, "dataset:" + id, reason, ct);
        Result<SiteDataset> purged = await _lifecycle.PurgeAsync(id, reason, caller.Name, needsTrash, ct);
        if (purged.IsOk)
        {
            // Its names, pages and documents are rewritten out of the segments in the background; a crash leaves that to the collector.
            _ = await _jobs.StartPurgeAsync(purged.Value, ct);
            await _publications.NoteEndAsync(caller, id, ct);
        }

        return await _describer.AnswerAsync(caller, id, Operation.DatasetPurge, purged, ct);
    }

    /// <summary>Returns the refusal of an invalid reason for a purge; null for a valid one.</summary>
    internal static HutchError? CheckReason(string reason) => string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReasonCharacters
        ? ErrorCode.BadRequest.With(
            $"A purge needs a reason of 1 to {MaxReasonCharacters} characters; it stays in the audit and in the record.")
        : null;

    /// <summary>
    /// Checks a purge: a copy ends through the trash of its site, unless an administrator ends one that its home deleted.
    /// </summary>
    private static Result<SiteDataset> CheckPurge(Caller caller, SiteDataset dataset) =>
        caller.Roles.Contains(Role.Administrator) ? DatasetState.RequirePurgeable(dataset) : DatasetState.RequireHome(dataset);
}
