using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Registry;

/// <summary>What doors keep about datasets, for callers who may: texts in the words of the door, and the rule by which data end.</summary>
public sealed class SettingService(Authorizer authorizer, DatasetSettings settings)
{
    public async Task<Result<string?>> FindAsync(Caller caller, DatasetId dataset, string name, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
        return access.IsOk ? await FindAsync(dataset, name, ct) : access.Error;
    }

    /// <summary>A setting that answers depend on whoever asks, as which pages of other origins may read.</summary>
    public ValueTask<string?> FindAsync(DatasetId dataset, string name, CancellationToken ct) => settings.FindAsync(dataset, name, ct);

    /// <summary>Keeps a setting; null forgets it.</summary>
    public async Task<Result<Done>> SetAsync(Caller caller, DatasetId dataset, string name, string? value, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetEdit, ct);
        return access.IsOk ? await settings.SetAsync(dataset, name, value, caller.Name, ct) : access.Error;
    }

    /// <summary>The rule by which the data of a dataset end; null when there is none.</summary>
    public async Task<Result<LifecycleRule?>> FindLifecycleAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        (await FindAsync(caller, dataset, LifecycleRule.SettingName, ct)).Then<LifecycleRule?>(text => LifecycleRule.Parse(text));

    /// <summary>Sets the rule by which the data of a dataset end; null takes it away, but data that are transient by it stay so.</summary>
    public async Task<Result<SiteDataset>> SetLifecycleAsync(Caller caller, DatasetId dataset, LifecycleRule? rule, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetDelete, ct);
        return access.IsOk ? await settings.SetLifecycleAsync(dataset, rule, caller.Name, ct) : access.Error;
    }
}
