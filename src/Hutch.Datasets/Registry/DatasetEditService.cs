using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Heads;
using Hutch.Site.Lifecycle;
using Hutch.Zone.Authorization;
using Hutch.Zone.Grants;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>Changes what a dataset is called and who sees it, for callers who may.</summary>
public sealed class DatasetEditService
{
    private readonly DatasetDescriber _describer;
    private readonly DatasetNames _names;
    private readonly NameReconciler _reconciler;
    private readonly Sharing _sharing;
    private readonly DatasetLifecycle _lifecycle;
    private readonly HeadReader _heads;

    internal DatasetEditService(
        DatasetDescriber describer, DatasetNames names, NameReconciler reconciler, Sharing sharing, DatasetLifecycle lifecycle,
        HeadReader heads)
    {
        _describer = describer;
        _names = names;
        _reconciler = reconciler;
        _sharing = sharing;
        _lifecycle = lifecycle;
        _heads = heads;
    }

    /// <summary>Changes slug, title, type or visibility; what is absent stays.</summary>
    public async Task<Result<DatasetInfo>> PatchAsync(Caller caller, DatasetId id, PatchDataset patch, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(patch);
        if (!(await _describer.AuthorizeAsync(caller, id, Operation.DatasetEdit, ct)).TryGet(out _, out HutchError? refusal)
            || !DatasetTexts.Check(patch.Title, patch.Type).TryGet(out _, out refusal)
            || !ParseVisibility(patch).TryGet(out Visibility? visibility, out refusal)
            || (patch.Slug is not null && !(await RenameAsync(caller, id, patch.Slug, ct)).TryGet(out _, out refusal))
            || (visibility is not null && !(await _sharing.SetVisibilityAsync(caller, id, visibility, ct)).TryGet(out _, out refusal)))
        {
            return refusal;
        }

        Result<SiteDataset> described = patch.Title is not null || patch.Type is not null
            ? await _lifecycle.DescribeAsync(id, null, null, patch.Title, patch.Type, caller.Name, ct)
            : await _heads.DatasetAsync(id, ct);
        return await _describer.AnswerAsync(caller, id, Operation.DatasetEdit, described, ct);
    }

    private async Task<Result<SiteDataset>> RenameAsync(Caller caller, DatasetId id, string slug, CancellationToken ct)
    {
        Result<Slug> parsed = Slug.Parse(slug);
        if (!parsed.IsOk)
        {
            return parsed.Error;
        }

        Result<NameRecord> renamed = await _names.RenameAsync(caller, id, parsed.Value, ct);
        return renamed.IsOk ? await _reconciler.TellAsync(renamed.Value, caller.Name, ct) : renamed.Error;
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
