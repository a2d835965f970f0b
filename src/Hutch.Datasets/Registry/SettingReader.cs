namespace Hutch.Datasets.Registry;

/// <summary>Reads the texts that doors store about datasets, and their expiry rule, after a check of the caller's rights.</summary>
public sealed class SettingReader(Authorizer authorizer, DatasetSettings settings)
{
    public async Task<Result<string?>> FindAsync(Caller caller, DatasetId dataset, string name, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
        return access.IsOk ? await FindAsync(dataset, name, ct) : access.Error;
    }

    /// <summary>Reads a setting that affects answers to any caller, such as the origins whose pages may read. Checks no right.</summary>
    public ValueTask<string?> FindAsync(DatasetId dataset, string name, CancellationToken ct) => settings.FindAsync(dataset, name, ct);

    /// <summary>The rule by which the data of a dataset end; null when there is none.</summary>
    public async Task<Result<LifecycleRule?>> FindLifecycleAsync(Caller caller, DatasetId dataset, CancellationToken ct) =>
        (await FindAsync(caller, dataset, LifecycleRule.SettingName, ct)).Then<LifecycleRule?>(text => LifecycleRule.Parse(text));
}
