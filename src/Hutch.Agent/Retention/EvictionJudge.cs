using Hutch.Agent.Retention.Eviction;
using Hutch.Model;
using Microsoft.Extensions.Logging;

namespace Hutch.Agent.Retention;

/// <summary>Gathers what the decision about a folder needs: what it holds, and what other sites say.</summary>
public sealed partial class EvictionJudge(
    IPublishedFolders folders, ICopyAttestation attestation, TimeProvider time, ILogger<EvictionJudge> logger)
{
    /// <summary>Decides for a folder whose time is over.</summary>
    public async Task<EvictionDecision> DecideAsync(PublishedFolder folder, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (!folder.Rule.Options.Evict)
        {
            return EvictionDecision.Refuse("'evict' is off for this folder");
        }

        FolderContents before = await folders.LookAsync(folder, ct);
        if (EvictionRule.RefuseHere(folder.Rule, before) is { } refusal)
        {
            return refusal;
        }

        Result<Attestation> attested = await AskAsync(folder.Dataset, before.Snapshot!.Value, ct);

        // The sites may take their time to answer, and somebody may have written into the folder meanwhile.
        FolderContents after = attested.IsOk ? await folders.LookAsync(folder, ct) : before;
        return EvictionRule.Decide(folder.Rule, folder.Dataset, after, attested, time.GetUtcNow());
    }

    private async Task<Result<Attestation>> AskAsync(DatasetId dataset, BlobHash snapshot, CancellationToken ct)
    {
        try
        {
            return await attestation.AttestAsync(dataset, snapshot, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogNotAsked(logger, dataset, e);
            return ErrorCode.Unavailable.With($"the other sites could not be asked: {e.Message}");
        }
    }

    [LoggerMessage(
        EventId = 6401, Level = LogLevel.Warning, Message = "The other sites could not be asked for their copies of dataset {Dataset}")]
    private static partial void LogNotAsked(ILogger logger, DatasetId dataset, Exception exception);
}
