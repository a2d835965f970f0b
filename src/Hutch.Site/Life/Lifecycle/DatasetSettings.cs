using Hutch.Site.Write.Committing;
using Hutch.Site.Write.Heads;

namespace Hutch.Site.Life.Lifecycle;

/// <summary>The settings that doors keep about datasets, and the lifecycle rule.</summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class DatasetSettings(Committer committer, SiteDatabase records)
{
    public const int MaxValueCharacters = 256 << 10;

    public ValueTask<string?> FindAsync(DatasetId id, string name, CancellationToken ct) =>
        records.ReadAsync(queries => queries.DatasetKey(id) is long key ? queries.Setting(key, name) : null, ct);

    /// <summary>Sets a setting; null deletes it.</summary>
    public Task<Result<Done>> SetAsync(DatasetId id, string name, string? value, string by, CancellationToken ct) =>
        SetAsync(id, name, value, by, null, ct);

    /// <summary>Sets a setting and emits a further record in the same commit; null for none.</summary>
    public Task<Result<Done>> SetAsync(
        DatasetId id, string name, string? value, string by, JournalRecord? happened, CancellationToken ct) => committer.CommitAsync(
        context => context.Dataset(id).Then(DatasetState.RequirePresent).Then<Done>(_ =>
        {
            Result<Done> set = Set(context, id, name, value, by);
            if (set.IsOk && happened is not null)
            {
                context.Emit(happened);
            }

            return set;
        }),
        [],
        ct);

    /// <summary>Sets the rule by which the data of a dataset ends. It makes an empty dataset transient.</summary>
    public Task<Result<SiteDataset>> SetLifecycleAsync(
        DatasetId id, LifecycleRule? rule, string by, CancellationToken ct) => committer.CommitAsync(
        context => context.OpenDataset(id).Then(dataset =>
        {
            Result<Done> set = Set(context, id, LifecycleRule.SettingName, rule?.ToString(), by);
            if (!set.IsOk)
            {
                return set.Error;
            }

            bool isUntouched = dataset.Root.IsEmpty && dataset.LastNumber == 0 && !context.Queries.HasOverlay(dataset.Key)
                && context.Queries.UploadsOf(dataset.Key).Count == 0;
            if (isUntouched)
            {
                long? end = rule?.ExpireDays is int days ? DatasetLanes.EndOf(context.Now, days) : null;
                if (end != dataset.Expires || rule?.ExpireDays != dataset.TransientDays)
                {
                    context.Emit(new JournalRecord.DatasetExpirySet(id, end, rule?.ExpireDays, by));
                }
            }

            return context.Dataset(id);
        }),
        [],
        ct);

    private static Result<Done> Set(CommitContext context, DatasetId id, string name, string? value, string by)
    {
        if (value?.Length > MaxValueCharacters)
        {
            return ErrorCode.TooLarge.With($"A setting has at most {MaxValueCharacters} characters.");
        }

        context.Emit(new JournalRecord.SettingSet(id, name, value, by));
        return Done.Value;
    }
}
