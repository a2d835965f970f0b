using Hutch.Datasets.Thumbnails;
using Hutch.Site.Replication.Copies;
using Hutch.Zone.Accounts;
using Hutch.Zone.Grants;
using Hutch.Zone.Publishing;

namespace Hutch.Datasets.Registry;

/// <summary>Closes, trashes and restores datasets, after a check of the caller's rights. Each is audited.</summary>
public sealed class LifecycleService
{
    private readonly DatasetDescriber _describer;
    private readonly AccountService _accounts;
    private readonly Publications _publications;
    private readonly AccessRequests _requests;
    private readonly DatasetLifecycle _lifecycle;
    private readonly DatasetKeeper _keeper;
    private readonly HeadReader _heads;
    private readonly HeadCompactor _compactor;
    private readonly CopyEnds _copyEnds;
    private readonly ThumbnailPrefetcher _pictures;

    internal LifecycleService(
        DatasetDescriber describer, AccountService accounts, Publications publications, AccessRequests requests,
        DatasetLifecycle lifecycle, DatasetKeeper keeper, HeadReader heads, HeadCompactor compactor, CopyEnds copyEnds,
        ThumbnailPrefetcher pictures)
    {
        (_describer, _accounts, _publications, _requests) = (describer, accounts, publications, requests);
        (_lifecycle, _keeper, _heads, _compactor, _copyEnds) = (lifecycle, keeper, heads, compactor, copyEnds);
        _pictures = pictures;
    }

    public async Task<Result<DatasetDescription>> CloseAsync(Caller caller, DatasetId id, string? message, CancellationToken ct)
    {
        Result<Access> access = await _describer.AuthorizeAsync(caller, id, Operation.DatasetClose, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<SiteDataset> closed = await _lifecycle.CloseAsync(id, caller.Name, message, ct);
        if (closed.IsOk)
        {
            _pictures.Add(caller, id);
        }

        return await AuditedAsync(caller, id, Operation.DatasetClose, closed, ct);
    }

    /// <summary>Makes a transient dataset last, with all its snapshots: its bytes are copied to where they stay.</summary>
    public async Task<Result<CopiedTotals>> KeepAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await _describer.AuthorizeAsync(caller, id, Operation.DatasetKeep, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<CopiedTotals> result = await _keeper.KeepAsync(id, caller.Name, ct);
        if (result.IsOk)
        {
            await _accounts.AuditAsync(caller, Operation.DatasetKeep, "dataset:" + id, null, ct);
        }

        return result;
    }

    public async Task<Result<DatasetDescription>> TrashAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        if (await MayRestoreCopyAsync(caller, id, ct))
        {
            return await AuditedAsync(
                caller, id, Operation.CopyRestore, await _copyEnds.TrashLocalAsync(id, caller.Name, ct), ct, "undone");
        }

        Result<Access> access = await _describer.AuthorizeAsync(caller, id, Operation.DatasetDelete, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        return await _publications.IsPublishedAsync(id, ct)
            ? (ErrorCode.Unprocessable with { Advice = "Withdraw it first: `hutch publication withdraw NAME --reason TEXT`." }).With(
                $"The dataset {access.Value.Dataset.FullName} is published: others cite it.")
            : await AuditedAsync(caller, id, Operation.DatasetDelete, await _lifecycle.TrashAsync(id, caller.Name, ct), ct);
    }

    /// <summary>Puts a dataset into the trash if it is empty; otherwise a conflict. A concurrent put is not lost.</summary>
    public async Task<Result<DatasetDescription>> TrashEmptyAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await _describer.AuthorizeAsync(caller, id, Operation.DatasetDelete, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        // Entries that were put and deleted again leave rows in the overlay, whose effect is unknown until compaction.
        Result<SiteSnapshot?> folded = await _compactor.CompactAsync(id, CompactionRequest.Automatic, ct);
        return folded.IsOk
            ? await AuditedAsync(caller, id, Operation.DatasetDelete, await _lifecycle.TrashEmptyAsync(id, caller.Name, ct), ct)
            : folded.Error;
    }

    public async Task<Result<DatasetDescription>> RestoreAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        if (await MayRestoreCopyAsync(caller, id, ct))
        {
            return await AuditedAsync(caller, id, Operation.CopyRestore, await _copyEnds.RestoreLocalAsync(id, caller.Name, ct), ct);
        }

        Result<Access> access = await _describer.AuthorizeAsync(caller, id, Operation.DatasetRestore, ct);
        return await _accounts.FindTooManyLinesAsync(caller, ct) is { } many
            ? many
            : access.IsOk ? await AuditedAsync(caller, id, Operation.DatasetRestore, await _lifecycle.RestoreAsync(id, caller.Name, ct), ct)
            : access.Error;
    }

    /// <summary>
    /// Returns true if this site has a copy of the dataset, and the caller runs this site: then a restore applies to the copy.
    /// </summary>
    public async ValueTask<bool> MayRestoreCopyAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        await _heads.DatasetAsync(id, ct) is { IsOk: true, Value.Copy: not null }
        && (await _describer.AuthorizeAsync(caller, id, Operation.CopyRestore, ct)).IsOk;

    /// <summary>The same for deleting, when the copy was restored here: only of such a copy this site decides.</summary>
    public async ValueTask<bool> MayTrashCopyAsync(Caller caller, DatasetId id, CancellationToken ct) =>
        await _heads.DatasetAsync(id, ct) is { IsOk: true, Value.IsRestoredHere: true } && await MayRestoreCopyAsync(caller, id, ct);

    private async Task<Result<DatasetDescription>> AuditedAsync(
        Caller caller, DatasetId id, Operation operation, Result<SiteDataset> outcome, CancellationToken ct, string? detail = null)
    {
        if (outcome.IsOk)
        {
            await _accounts.AuditAsync(caller, operation, "dataset:" + id, detail, ct);
            if (operation == Operation.DatasetDelete)
            {
                await _requests.EndAsync(caller, id, ct);
            }
        }

        return await _describer.AnswerAsync(caller, id, operation, outcome, ct);
    }
}
