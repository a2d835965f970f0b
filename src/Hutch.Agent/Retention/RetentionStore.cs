using Hutch.Site.Life.Lifecycle;

namespace Hutch.Agent.Retention;

/// <summary>Keeps what retention remembers of a dataset in a setting of it, so that it is in the journal and survives the index.</summary>
/// <remarks>Thread-safe: a change sees the one before it.</remarks>
public sealed class RetentionStore(DatasetSettings settings) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Returns the stored state; null when the dataset was not checked yet.</summary>
    public async Task<Result<RetentionState?>> FindAsync(DatasetId dataset, CancellationToken ct) =>
        RetentionState.Parse(await settings.FindAsync(dataset, RetentionState.SettingName, ct));

    public async Task<Result<RetentionState>> UpdateAsync(
        DatasetId dataset, Func<RetentionState, RetentionState> change, string by, JournalRecord.RetentionTold? entry, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            Result<RetentionState?> before = await FindAsync(dataset, ct);
            if (!before.IsOk)
            {
                return before.Error;
            }

            RetentionState after = change(before.Value ?? new RetentionState());
            Result<Done> set = await settings.SetAsync(dataset, RetentionState.SettingName, after.ToString(), by, entry, ct);
            return set.IsOk ? after : set.Error;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
