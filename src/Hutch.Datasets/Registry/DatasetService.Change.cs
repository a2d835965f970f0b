using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Heads;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Registry;

public sealed partial class DatasetService
{
    /// <summary>Changes slug, title, type or visibility; what is absent stays.</summary>
    public async Task<Result<DatasetInfo>> PatchAsync(Caller caller, DatasetId id, PatchDataset patch, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(patch);
        if (!(await MayAsync(caller, id, Operation.DatasetEdit, ct)).TryGet(out _, out HutchError? refusal)
            || !CheckTexts(patch.Title, patch.Type).TryGet(out _, out refusal)
            || !ParseVisibility(patch).TryGet(out Visibility? visibility, out refusal)
            || (patch.Slug is not null && !(await RenameAsync(caller, id, patch.Slug, ct)).TryGet(out _, out refusal))
            || (visibility is not null && !(await _zone.Sharing.SetVisibilityAsync(caller, id, visibility, ct)).TryGet(out _, out refusal)))
        {
            return refusal;
        }

        Result<SiteDataset> described = patch.Title is not null || patch.Type is not null
            ? await _site.Lifecycle.DescribeAsync(id, null, null, patch.Title, patch.Type, caller.Name, ct)
            : await _site.Heads.DatasetAsync(id, ct);
        return await AnswerAsync(caller, id, Operation.DatasetEdit, described, ct);
    }

    /// <summary>Freezes a dataset for ever.</summary>
    public async Task<Result<DatasetInfo>> CloseAsync(Caller caller, DatasetId id, string? message, CancellationToken ct)
    {
        Result<Access> access = await MayAsync(caller, id, Operation.DatasetClose, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<SiteDataset> closed = await _site.Lifecycle.CloseAsync(id, caller.Name, message, ct);
        return await AuditedAsync(caller, id, Operation.DatasetClose, closed, null, ct);
    }

    /// <summary>Puts a dataset into the trash.</summary>
    public async Task<Result<DatasetInfo>> TrashAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await MayAsync(caller, id, Operation.DatasetDelete, ct);
        return access.IsOk
            ? await AuditedAsync(caller, id, Operation.DatasetDelete, await _site.Lifecycle.TrashAsync(id, caller.Name, ct), null, ct)
            : access.Error;
    }

    /// <summary>
    /// Puts a dataset into the trash, when there is nothing in it; otherwise a conflict. What is put at the same moment is not lost.
    /// </summary>
    public async Task<Result<DatasetInfo>> TrashEmptyAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await MayAsync(caller, id, Operation.DatasetDelete, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        // What was put and deleted again leaves traces over the tree, which say nothing until they are folded.
        Result<SiteSnapshot?> folded = await _site.Folder.FoldAsync(id, FoldRequest.Automatic, ct);
        return folded.IsOk
            ? await AuditedAsync(caller, id, Operation.DatasetDelete, await _site.Lifecycle.TrashEmptyAsync(id, caller.Name, ct), null, ct)
            : folded.Error;
    }

    /// <summary>Takes a dataset out of the trash.</summary>
    public async Task<Result<DatasetInfo>> RestoreAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await MayAsync(caller, id, Operation.DatasetRestore, ct);
        return access.IsOk
            ? await AuditedAsync(caller, id, Operation.DatasetRestore, await _site.Lifecycle.RestoreAsync(id, caller.Name, ct), null, ct)
            : access.Error;
    }

    /// <summary>Ends the bytes of a dataset at once. The audit is written first: no purge without its line.</summary>
    public async Task<Result<DatasetInfo>> PurgeAsync(Caller caller, DatasetId id, string reason, CancellationToken ct)
    {
        Result<Access> access = await MayAsync(caller, id, Operation.DatasetPurge, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxTitleCharacters)
        {
            return ErrorCode.BadRequest.With(
                $"A purge needs a reason of 1 to {MaxTitleCharacters} characters, which is kept in the audit log and the record.");
        }

        Result<SiteDataset> dataset = await _site.Heads.DatasetAsync(id, ct);
        if (!dataset.IsOk)
        {
            return dataset.Error;
        }

        if (dataset.Value is { TrashedUntil: null, Ended: null } && !caller.Roles.Contains(Role.Administrator))
        {
            return ErrorCode.Unprocessable.With($"Only datasets in the trash can be purged. Delete {access.Value.Dataset.FullName} first.");
        }

        await _zone.Accounts.NoteAsync(caller, Operation.DatasetPurge, "dataset:" + id, reason, ct);
        Result<SiteDataset> purged = await _site.Lifecycle.PurgeAsync(id, reason, caller.Name, ct);
        if (purged.IsOk)
        {
            // Its names, pages and documents are rewritten out of the segments in the background; a crash leaves that to the collector.
            _ = _site.Jobs.StartPurge(purged.Value);
        }

        return await AnswerAsync(caller, id, Operation.DatasetPurge, purged, ct);
    }

    /// <summary>Gives a dataset to another owner. The answer is what the caller may still see.</summary>
    public async Task<Result<DatasetInfo>> ChangeOwnerAsync(Caller caller, DatasetId id, string owner, CancellationToken ct)
    {
        if (!AccountName.Parse(owner).TryGet(out AccountName name, out HutchError? refusal)
            || !(await DescribeAsync(caller, id, ct)).TryGet(out DatasetInfo? before, out refusal)
            || (refusal = await _site.Quotas.FindRefusalAsync(id, name.Value, ct)) is not null
            || !(await _names.ChangeOwnerAsync(caller, id, name, ct)).TryGet(out NameRecord? given, out refusal)
            || !(await TellNameAsync(caller, given, ct)).TryGet(out _, out refusal))
        {
            return refusal;
        }

        Result<DatasetInfo> after = await GetAsync(caller, id, ct);
        return after.IsOk ? after : before with { Owner = given.Owner.Name, Name = given.FullName, YourRight = null };
    }

    /// <summary>
    /// Gives everything of an account to a user or a group (<see cref="AccountService.HandOverAsync"/>), and tells the site the new names.
    /// What a crash leaves untold is told after the next start.
    /// </summary>
    public async Task<Result<HandOverOutcome>> HandOverAsync(Caller caller, string from, string to, CancellationToken ct)
    {
        Result<HandOverOutcome> done = await _zone.Accounts.HandOverAsync(caller, from, to, ct);
        foreach (NameRecord name in done.IsOk ? done.Value.Datasets : [])
        {
            Result<SiteDataset> told = await TellNameAsync(caller, name, CancellationToken.None);
            if (!told.IsOk && told.Error.Code.Status >= 500)
            {
                return told.Error;
            }
        }

        return done;
    }

    private async Task<Result<DatasetInfo>> DescribeAsync(Caller caller, DatasetId id, CancellationToken ct)
    {
        Result<Access> access = await MayAsync(caller, id, Operation.OwnerChange, ct);
        return access.IsOk ? await _describer.DescribeAsync(caller, access.Value, ct) : access.Error;
    }

    private async Task<Result<SiteDataset>> RenameAsync(Caller caller, DatasetId id, string slug, CancellationToken ct)
    {
        Result<Slug> parsed = Slug.Parse(slug);
        if (!parsed.IsOk)
        {
            return parsed.Error;
        }

        Result<NameRecord> renamed = await _names.RenameAsync(caller, id, parsed.Value, ct);
        return renamed.IsOk ? await TellNameAsync(caller, renamed.Value, ct) : renamed.Error;
    }

    /// <summary>The site's copy of the name, for salvage without the zone.</summary>
    private Task<Result<SiteDataset>> TellNameAsync(Caller caller, NameRecord name, CancellationToken ct) =>
        _site.Lifecycle.DescribeAsync(name.Dataset, name.Owner.Name, name.Slug, null, null, caller.Name, ct);

    private async Task<Result<DatasetInfo>> AuditedAsync(
        Caller caller, DatasetId id, Operation operation, Result<SiteDataset> outcome, string? detail, CancellationToken ct)
    {
        if (outcome.IsOk)
        {
            await _zone.Accounts.NoteAsync(caller, operation, "dataset:" + id, detail, ct);
        }

        return await AnswerAsync(caller, id, operation, outcome, ct);
    }

    private static Result<Visibility?> ParseVisibility(PatchDataset patch) => (patch.Visibility, patch.PublicAfter) switch
    {
        (null, null) => (Visibility?)null,
        ("private", null) => Visibility.Private,
        ("public", null) => Visibility.Public,
        ("public", DateTimeOffset from) => Visibility.PublicAfter(from),
        (null or "private", _) =>
            ErrorCode.BadRequest.With("'publicAfter' is when a dataset becomes public: use it with the visibility 'public'."),
        _ => ErrorCode.BadRequest.With($"{Display.Quote(patch.Visibility)} is not a visibility: use 'private' or 'public'."),
    };
}
