using Hutch.Model.Records;
using Microsoft.Extensions.Logging;

namespace Hutch.DataLad.Keys;

/// <summary>Ends the content of keys that came long ago and that no commit, branch or version names: their commit never came.</summary>
internal sealed partial class KeyExpiry(ExpiredAnnexKeys old, IKeyNames named, ILogger<KeyExpiry> logger)
{
    /// <summary>Looks at all datasets once. What fails in one, such as damage, leaves all its keys and does not keep the others.</summary>
    /// <returns>How many keys ended; with 0 days none does.</returns>
    public async Task<int> RunAsync(DateTimeOffset now, CancellationToken ct)
    {
        if (named.Days == 0)
        {
            return 0;
        }

        DateTimeOffset before = now.AddDays(-named.Days);
        int ended = 0;
        foreach (SiteDataset dataset in await old.ListDatasetsAsync(before, ct))
        {
            try
            {
                ended += await EndAsync(dataset, before, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(logger, dataset.Id, e);
            }
        }

        return ended;
    }

    private async Task<int> EndAsync(SiteDataset dataset, DateTimeOffset before, CancellationToken ct)
    {
        IReadOnlyList<StoredKey> unnamed = await named.FindUnnamedAsync(dataset, await old.ListAsync(dataset, before, ct), ct);
        if (unnamed.Count == 0)
        {
            return 0;
        }

        int ended = await old.DropAsync(dataset, [.. unnamed.Select(static key => key.Name)], before, ct);
        if (ended > 0)
        {
            LogEnded(logger, ended, dataset.Id, named.Days);
        }

        return ended;
    }

    [LoggerMessage(EventId = 2803, Level = LogLevel.Information,
        Message = "The content of {Count} keys of dataset {Dataset} has ended: it came more than {Days} days ago, and nothing names it")]
    private static partial void LogEnded(ILogger logger, int count, DatasetId dataset, int days);

    [LoggerMessage(EventId = 2804, Level = LogLevel.Warning,
        Message = "The keys of dataset {Dataset} could not be looked through; all stay")]
    private static partial void LogFailed(ILogger logger, DatasetId dataset, Exception exception);
}
