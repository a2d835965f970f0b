using System.Collections.Concurrent;

namespace Hutch.Site.Life.Maintenance;

/// <summary>The jobs of a site with one server, until it stops.</summary>
public sealed class LocalJobList : IJobList
{
    private readonly ConcurrentDictionary<Guid, MaintenanceJob> _jobs = new();

    public ValueTask<IReadOnlyList<MaintenanceJob>> ReadAsync(CancellationToken ct) => new(NewestFirst());

    public ValueTask RecordAsync(MaintenanceJob job, CancellationToken ct)
    {
        _jobs[job.Id] = job;
        RemoveOldest();
        return ValueTask.CompletedTask;
    }

    private MaintenanceJob[] NewestFirst() => [.. _jobs.Values.OrderByDescending(static job => job.Started)];

    private void RemoveOldest()
    {
        int ended = 0;
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        foreach (MaintenanceJob job in NewestFirst().Where(static job => job.Finished is not null))
        {
            bool isNewest = kinds.Add(job.Kind);
            if (++ended > IJobList.MostEnded && !isNewest)
            {
                _jobs.TryRemove(job.Id, out _);
            }
        }
    }
}
