using Hutch.Model;
using Hutch.Site.Life.Lifecycle;
using Hutch.Zone.Authorization;

namespace Hutch.Datasets.Registry;

/// <summary>Reads the texts that doors keep about datasets, and the rule by which data end, for callers who may.</summary>
public sealed class SettingReader(Authorizer authorizer, DatasetSettings settings)
{
    public async Task<Result<string?>> FindAsync(Caller caller, DatasetId dataset, string name, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
        return access.IsOk ? await FindAsync(dataset, name, ct) : access.Error;
    }

    /// <summary>A setting that answers depend on whoever asks, as which pages of other origins may read.</summary>
    public ValueTask<string?> FindAsync(DatasetId dataset, string name, CancellationToken ct) => settings.FindAsync(dataset, name, ct);

    /// <summary>The rule by which the data of a dataset end; null when there is none.</summary>
    public async Task<Result<LifecycleRule?>> FindLifecycleAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        (await FindAsync(caller, dataset, LifecycleRule.SettingName, ct)).Then<LifecycleRule?>(text => LifecycleRule.Parse(text));
}
