using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Heads;
using Hutch.Site.Lifecycle;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Registry;

public sealed partial class DatasetService
{
    private const string DefaultType = "generic";
    private const int MaxTypeCharacters = 100;
    private const int MaxTitleCharacters = 500;
    private const int MaxParents = 1000;

    /// <summary>
    /// Makes a dataset, or derives one when it names parents. The name is reserved first, so that two never get the same; a name
    /// that a crash left without a dataset is freed by the next who wants it, or at the next start.
    /// </summary>
    public async Task<Result<DatasetInfo>> CreateAsync(Caller caller, CreateDataset wanted, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        if (!ParseNewName(wanted.Name).TryGet(out (AccountName? Owner, Slug Slug) name, out HutchError? refusal)
            || !CheckTexts(wanted.Title, wanted.Type).TryGet(out _, out refusal)
            || !CheckShape(wanted).TryGet(out _, out refusal)
            || !(await FindParentsAsync(caller, wanted.Parents ?? [], ct)).TryGet(out IReadOnlyList<ParentVersion>? parents, out refusal))
        {
            return refusal;
        }

        var id = new DatasetId(_site.Runs.NewId());
        using IDisposable making = _reconciler.Begin(id);
        Result<NameRecord> reserved = await ReserveAsync(caller, id, name.Owner, name.Slug, ct);
        if (!reserved.IsOk)
        {
            return reserved.Error;
        }

        var dataset = new NewDataset
        {
            Id = id,
            Owner = reserved.Value.Owner.Name,
            Slug = name.Slug.Value,
            Title = wanted.Title,
            Type = wanted.Type ?? DefaultType,
            By = caller.Name,
            Parents = parents,
            Copy = wanted.Copy,
            Following = wanted.Following,
            TransientDays = wanted.TransientDays,
        };
        return await MakeAsync(caller, dataset, reserved.Value, ct);
    }

    private async Task<Result<DatasetInfo>> MakeAsync(Caller caller, NewDataset dataset, NameRecord name, CancellationToken ct)
    {
        Result<SiteDataset> made = await _site.Lifecycle.CreateAsync(dataset, ct);
        if (!made.IsOk)
        {
            if (made.Error.Code != ErrorCode.OutcomeUnknown)
            {
                await _names.ReleaseAsync(caller.Actor, dataset.Id, "the dataset could not be created", CancellationToken.None);
            }

            return made.Error;
        }

        if (dataset.Copy)
        {
            // A copy begins with a snapshot, so that it can be cloned and pushed to like any other version.
            Result<SiteSnapshot?> first = await _site.Folder.FoldAsync(
                dataset.Id, new FoldRequest(SnapshotReason.Manual, caller.Name, "Copied from its parent"), ct);
            if (!first.IsOk)
            {
                return first.Error;
            }
        }

        // Who makes a dataset owns it, or manages the group that does.
        return await _describer.DescribeAsync(caller, new Access(name, Rights.All, true), ct);
    }

    private async Task<Result<NameRecord>> ReserveAsync(Caller caller, DatasetId id, AccountName? owner, Slug slug, CancellationToken ct)
    {
        Result<NameRecord> reserved = await _names.ReserveAsync(caller, id, owner, slug, ct);
        if (reserved.IsOk || reserved.Error.Code != ErrorCode.AlreadyExists)
        {
            return reserved;
        }

        Result<Access> taken = await _names.ResolveAsync(
            caller, new DatasetRef(null, owner ?? AccountName.Parse(caller.Name).Value, slug, null), ct);

        // Not found: it was freed between the two questions, or belongs to whom the caller may not see; then it is refused again.
        bool mayBeFree = taken.IsOk
            ? await _reconciler.FreeIfUnusedAsync(taken.Value.Dataset.Dataset, ct)
            : taken.Error.Code == ErrorCode.NotFound;
        return mayBeFree
            ? await _names.ReserveAsync(caller, id, owner, slug, ct)
            : reserved;
    }

    private async Task<Result<IReadOnlyList<ParentVersion>>> FindParentsAsync(
        Caller caller, IReadOnlyList<ParentReference> wanted, CancellationToken ct)
    {
        var parents = new List<ParentVersion>();
        foreach (ParentReference parent in wanted)
        {
            Result<ParentVersion> found = await FindParentAsync(caller, parent, ct);
            if (!found.IsOk)
            {
                return found.Error;
            }

            parents.Add(found.Value);
        }

        return parents;
    }

    private async Task<Result<ParentVersion>> FindParentAsync(Caller caller, ParentReference wanted, CancellationToken ct)
    {
        if (!DatasetRef.Parse(wanted.Dataset).TryGet(out DatasetRef reference, out HutchError? refusal)
            || !ParseAt(wanted.At).TryGet(out SnapshotRef? at, out refusal)
            || !(await _names.ResolveAsync(caller, reference, ct)).TryGet(out Access seen, out refusal)
            || !(await MayAsync(caller, seen.Dataset.Dataset, Operation.DatasetDerive, ct)).TryGet(out Access _, out refusal))
        {
            return refusal;
        }

        SnapshotRef? version = at ?? reference.Snapshot;
        if (version is not null)
        {
            Result<TreeView> exists = await _site.Heads.ResolveAsync(seen.Dataset.Dataset, version, ct);
            if (!exists.IsOk)
            {
                return exists.Error;
            }
        }

        return new ParentVersion(seen.Dataset.Dataset, version);
    }

    private static Result<SnapshotRef?> ParseAt(string? at)
    {
        if (string.IsNullOrEmpty(at))
        {
            return (SnapshotRef?)null;
        }

        return SnapshotRef.Parse(at).Then<SnapshotRef?>(parsed => (SnapshotRef?)parsed);
    }

    private static Result<(AccountName? Owner, Slug Slug)> ParseNewName(string name) => name.Contains('/', StringComparison.Ordinal)
        ? DatasetName.Parse(name).Then<(AccountName?, Slug)>(full => (full.Owner, full.Slug))
        : Slug.Parse(name).Then<(AccountName?, Slug)>(slug => (null, slug));

    private static Result<Done> CheckShape(CreateDataset wanted)
    {
        int parents = wanted.Parents?.Count ?? 0;
        return parents > MaxParents ? ErrorCode.BadRequest.With($"{parents} parents are too many; the limit is {MaxParents}.")
            : wanted.Copy && parents != 1
                ? ErrorCode.BadRequest.With("Entries can be copied from exactly one parent. Give one parent, or do not copy.")
            : wanted.Following && parents == 0 ? ErrorCode.BadRequest.With("A following dataset needs a parent.")
            : wanted.TransientDays is <= 0 or > 36_500
                ? ErrorCode.BadRequest.With($"'transientDays' is {wanted.TransientDays}; it must be 1 to 36500.")
            : Done.Value;
    }

    private static Result<Done> CheckTexts(string? title, string? type) =>
        title is { Length: > MaxTitleCharacters } || title?.Any(char.IsControl) == true
            ? ErrorCode.BadRequest.With($"The title must be one line of at most {MaxTitleCharacters} characters.")
            : type is not null && !IsType(type)
                ? ErrorCode.InvalidName.With(
                    $"{Display.Quote(type)} is not a type: use lowercase words with hyphens, separated by slashes, "
                    + "such as 'mx/rotation'.")
                : Done.Value;

    private static bool IsType(string type) => type.Length is > 0 and <= MaxTypeCharacters
        && type.Split('/').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
}
