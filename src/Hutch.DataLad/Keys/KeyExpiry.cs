using Hutch.Datasets.Repositories;
using Hutch.Datasets.Versions;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Model.Site;
using Microsoft.Extensions.Logging;

namespace Hutch.DataLad.Keys;

/// <summary>Ends the content of keys that came long ago and that no commit, branch or version names: their commit never came.</summary>
internal sealed partial class KeyExpiry(
    OldKeys old, KeptVersionService versions, NamedKeys named, int days, ILogger<KeyExpiry> logger)
{
    /// <summary>Looks at all datasets once. What fails in one, such as damage, leaves all its keys and does not keep the others.</summary>
    /// <returns>How many keys ended; with 0 days none does.</returns>
    public async Task<int> RunAsync(DateTimeOffset now, CancellationToken ct)
    {
        if (days == 0)
        {
            return 0;
        }

        DateTimeOffset before = now.AddDays(-days);
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
        IReadOnlyList<HeldKey> unnamed = Without(
            await old.ListAsync(dataset, before, ct), await named.InRepositoryAsync(dataset, ct));
        if (unnamed.Count > 0)
        {
            unnamed = Without(unnamed, await named.InVersionsAsync(await versions.ListAsync(dataset, ct), ct));
        }

        int ended = unnamed.Count > 0 ? await old.DropAsync(dataset, [.. unnamed.Select(static key => key.Name)], before, ct) : 0;
        if (ended > 0)
        {
            LogEnded(logger, ended, dataset.Id, days);
        }

        return ended;
    }

    /// <summary>Keys that have the same content, as git-lfs and git-annex call it, stay together.</summary>
    private static IReadOnlyList<HeldKey> Without(IReadOnlyList<HeldKey> keys, HashSet<string> names)
    {
        HashSet<BlobHash> needed = [.. keys.Where(key => names.Contains(key.Name)).Select(static key => key.Hash)];
        return [.. keys.Where(key => !needed.Contains(key.Hash))];
    }

    [LoggerMessage(EventId = 2803, Level = LogLevel.Information,
        Message = "The content of {Count} keys of dataset {Dataset} has ended: it came more than {Days} days ago, and nothing names it")]
    private static partial void LogEnded(ILogger logger, int count, DatasetId dataset, int days);

    [LoggerMessage(EventId = 2804, Level = LogLevel.Warning,
        Message = "The keys of dataset {Dataset} could not be looked through; all stay")]
    private static partial void LogFailed(ILogger logger, DatasetId dataset, Exception exception);
}
