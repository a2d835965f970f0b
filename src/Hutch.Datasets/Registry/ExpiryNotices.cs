using Hutch.Zone.Grants;
using Hutch.Zone.Names;

namespace Hutch.Datasets.Registry;

/// <summary>
/// Notifies the owners of temporary datasets three days before these expire: one notice for each owner and day. Datasets that live no
/// longer than that have none. The zone does this for all its sites, at one server. The notices are the memory of what was said.
/// </summary>
public sealed class ExpiryNotices(ExpiringData expiring, DatasetNotices notices, DatasetNames names, TimeProvider time)
{
    /// <summary>The job; one server of the zone has its lease.</summary>
    public const string Job = "announcing the end of temporary data";

    /// <summary>The time from the begin of the day of the notice to the begin of the day on which the data expire.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromDays(3);

    private const int MaxNotices = 100_000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            if (!names.AreOfAnotherZone)
            {
                await NotifyAsync(ct);
            }

            await Task.Delay(LookEvery, time, ct);
        }
    }

    internal async Task NotifyAsync(CancellationToken ct)
    {
        var endOfDay = new DateTimeOffset((time.GetUtcNow() + Lead).UtcDateTime.Date.AddDays(1).AddMilliseconds(-1), TimeSpan.Zero);
        foreach (ExpiringDatasets datasets in await expiring.FindAsync(endOfDay, Lead, owners: null, MaxNotices, ct))
        {
            await notices.NotifyExpiringAsync(datasets, ct);
        }
    }
}
