namespace Hutch.Datasets.Registry;

/// <summary>
/// Stores settings of doors about datasets, after a check of the caller's rights: texts of the door, and the expiry rule.
/// </summary>
public sealed class SettingService(Authorizer authorizer, DatasetSettings settings)
{
    /// <summary>Keeps a setting; null forgets it.</summary>
    public async Task<Result<Done>> SetAsync(Caller caller, DatasetId dataset, string name, string? value, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetEdit, ct);
        return access.IsOk ? await settings.SetAsync(dataset, name, value, caller.Name, ct) : access.Error;
    }

    /// <summary>Sets the rule by which the data of a dataset end; null takes it away, but data that are transient by it stay so.</summary>
    public async Task<Result<SiteDataset>> SetLifecycleAsync(Caller caller, DatasetId dataset, LifecycleRule? rule, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetDelete, ct);
        return access.IsOk ? await settings.SetLifecycleAsync(dataset, rule, caller.Name, ct) : access.Error;
    }
}
