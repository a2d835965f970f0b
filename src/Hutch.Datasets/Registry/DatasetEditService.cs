using Hutch.Datasets.Replication.Sites;
using Hutch.Zone.Grants;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>Changes the names and visibility of datasets, after a check of the caller's rights.</summary>
public sealed class DatasetEditService
{
    private readonly DatasetDescriber _describer;
    private readonly DatasetNames _names;
    private readonly NameReconciler _reconciler;
    private readonly Sharing _sharing;
    private readonly DatasetLifecycle _lifecycle;
    private readonly FederatedDescriber _federated;
    private readonly WriteRouter _writeRouter;

    internal DatasetEditService(
        DatasetDescriber describer, DatasetNames names, NameReconciler reconciler, Sharing sharing, DatasetLifecycle lifecycle,
        FederatedDescriber federated, WriteRouter writeRouter)
    {
        (_describer, _names, _reconciler, _sharing, _lifecycle) = (describer, names, reconciler, sharing, lifecycle);
        (_federated, _writeRouter) = (federated, writeRouter);
    }

    /// <summary>Changes slug, title, type or visibility; absent values stay unchanged.</summary>
    public async Task<Result<DatasetDescription>> EditAsync(Caller caller, DatasetId id, DatasetEdit edit, CancellationToken ct)
    {
        bool isOfHome = edit.Title is not null || edit.Type is not null;

        // The visibility of a visit's dataset may change even after the end of the visit.
        Operation operation = edit.Visibility is not null && !isOfHome && edit.Slug is null
            ? Operation.VisibilityChange
            : Operation.DatasetEdit;
        if (!(await _describer.AuthorizeAsync(caller, id, operation, ct)).TryGet(out _, out HutchError? refusal)
            || !DatasetTexts.Check(edit.Title, edit.Type).TryGet(out _, out refusal)
            || (refusal = isOfHome ? await _writeRouter.CheckWritableAsync(caller, id, ct) : null) is not null
            || (edit.Slug is { } slug && !(await RenameAsync(caller, id, slug, ct)).TryGet(out _, out refusal))
            || (edit.Visibility is { } visibility
                && !(await _sharing.SetVisibilityAsync(caller, id, visibility, ct)).TryGet(out _, out refusal)))
        {
            return refusal;
        }

        if (isOfHome
            && !(await _lifecycle.DescribeAsync(id, null, null, edit.Title, edit.Type, caller.Name, ct)).TryGet(out _, out refusal))
        {
            return refusal;
        }

        // The token that sufficed for the change suffices for its answer.
        Result<Access> changed = await _describer.AuthorizeAsync(caller, id, operation, ct);
        return changed.IsOk ? await _federated.DescribeChangedAsync(caller, changed.Value, ct) : changed.Error;
    }

    private async Task<Result<Done>> RenameAsync(Caller caller, DatasetId id, Slug slug, CancellationToken ct)
    {
        Result<NameRecord> renamed = await _names.RenameAsync(caller, id, slug, ct);
        return renamed.IsOk ? await _reconciler.ReportAsync(renamed.Value, caller.Name, ct) : renamed.Error;
    }
}
