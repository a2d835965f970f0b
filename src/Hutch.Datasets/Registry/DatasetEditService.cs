using Hutch.Model;
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
    public async Task<Result<DatasetDescription>> EditAsync(Caller caller, DatasetId id, DatasetEdit edit, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(edit);
        if (!(await _describer.AuthorizeAsync(caller, id, Operation.DatasetEdit, ct)).TryGet(out _, out HutchError? refusal)
            || !DatasetTexts.Check(edit.Title, edit.Type).TryGet(out _, out refusal)
            || (edit.Slug is { } slug && !(await RenameAsync(caller, id, slug, ct)).TryGet(out _, out refusal))
            || (edit.Visibility is { } visibility
                && !(await _sharing.SetVisibilityAsync(caller, id, visibility, ct)).TryGet(out _, out refusal)))
        {
            return refusal;
        }

        Result<SiteDataset> described = edit.Title is not null || edit.Type is not null
            ? await _lifecycle.DescribeAsync(id, null, null, edit.Title, edit.Type, caller.Name, ct)
            : await _heads.DatasetAsync(id, ct);
        return await _describer.AnswerAsync(caller, id, Operation.DatasetEdit, described, ct);
    }

    private async Task<Result<SiteDataset>> RenameAsync(Caller caller, DatasetId id, Slug slug, CancellationToken ct)
    {
        Result<NameRecord> renamed = await _names.RenameAsync(caller, id, slug, ct);
        return renamed.IsOk ? await _reconciler.TellAsync(renamed.Value, caller.Name, ct) : renamed.Error;
    }
}
