using Hutch.Agent.Retention.Eviction;

namespace Hutch.Agent.Retention;

/// <summary>
/// Decides if the files of a folder may leave, after other sites hold them. It removes nothing; the caller acts on the decision.
/// </summary>
public sealed partial class EvictionJudge(IPublishedFolders folders, ICopyHolders holders, ILogger<EvictionJudge> logger)
{
    /// <summary>Decides for a folder whose time is over; asks other sites where nothing here speaks against it.</summary>
    public async Task<EvictionDecision> DecideAsync(PublishedFolder folder, CancellationToken ct)
    {
        if (!folder.Rule.Options.Evict)
        {
            return EvictionDecision.Reject("'evict' is off for this folder");
        }

        // Once sites hold it, files may have left already, and the folder is no longer as it was.
        return await FindAsync(folder, ct)
            ?? EvictionRule.FindRefusal(folder.Rule, await folders.InspectAsync(folder, ct))
            ?? await RequestAsync(folder, ct);
    }

    /// <summary>Withdraws the requests to other sites, for a folder whose retention has not ended or was extended.</summary>
    public async Task KeepAsync(PublishedFolder folder, CancellationToken ct)
    {
        if (folder.Rule.Options.Evict && (await holders.StopAsync(folder.Dataset, ct)).Error is { } refusal)
        {
            LogNotStopped(logger, folder.Dataset, refusal.Message);
        }
    }

    private async Task<EvictionDecision?> FindAsync(PublishedFolder folder, CancellationToken ct) =>
        EvictionRule.Decide(folder.Rule, await holders.FindAsync(folder.Dataset, ct));

    private async Task<EvictionDecision> RequestAsync(PublishedFolder folder, CancellationToken ct)
    {
        try
        {
            Result<HoldersAnswer> asked = await holders.RequestAsync(folder.Dataset, folder.Rule.Options.Copies, ct);
            return asked.IsOk
                ? EvictionRule.Decide(folder.Rule, asked.Value) ?? EvictionDecision.Reject("no other site was asked")
                : EvictionDecision.Reject(asked.Error.Message);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogNotAsked(logger, folder.Dataset, e);
            return EvictionDecision.Reject($"the other sites could not be asked: {e.Message}");
        }
    }

    [LoggerMessage(
        EventId = 6401, Level = LogLevel.Warning, Message = "The other sites could not be asked for their copies of dataset {Dataset}")]
    private static partial void LogNotAsked(ILogger logger, DatasetId dataset, Exception exception);

    [LoggerMessage(
        EventId = 6405, Level = LogLevel.Warning,
        Message = "The files of dataset {Dataset} stay, and other sites could not be told that they need not hold it: {Reason}")]
    private static partial void LogNotStopped(ILogger logger, DatasetId dataset, string reason);
}
