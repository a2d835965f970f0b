using Hutch.Site.Replication.Space;

namespace Hutch.Datasets.Upkeep;

/// <summary>Adds up what keeps bytes on the disk, by reasons.</summary>
internal static class SpaceObstacles
{
    /// <summary>Lists the reasons, those of most bytes first.</summary>
    /// <param name="measured">The measures of the offers, and of the versions before the newest ones.</param>
    public static IReadOnlyList<SpaceObstacle> List(IReadOnlyList<ExaminedSpace> found, IReadOnlyList<SpaceMeasure> measured)
    {
        var obstacles = new Dictionary<string, SpaceObstacle>(StringComparer.Ordinal);
        foreach (ExaminedSpace one in found)
        {
            if (one.Reason is { } reason)
            {
                Add(obstacles, one.Dataset, reason, null);
            }

            // What goes with the automatic versions is a line of its own.
            long superseded = measured[1].Bytes.GetValueOrDefault(one.Dataset.Id)
                - (one.Ending.Count > 0 ? measured[0].Bytes.GetValueOrDefault(one.Dataset.Id) : 0);
            if (superseded > 0)
            {
                Add(obstacles, one.Dataset, SpaceReason.Versions, superseded);
            }
        }

        return [.. obstacles.Values.OrderByDescending(static one => one.Bytes ?? one.LogicalBytes)];
    }

    private static void Add(Dictionary<string, SpaceObstacle> obstacles, SiteDataset dataset, SpaceReason reason, long? bytes)
    {
        SpaceObstacle before = obstacles.GetValueOrDefault(reason.Code)
            ?? new SpaceObstacle(reason, 0, null, 0, $"{dataset.Owner}/{dataset.Slug}");
        obstacles[reason.Code] = before with
        {
            Datasets = before.Datasets + 1,
            Bytes = bytes is null ? before.Bytes : (before.Bytes ?? 0) + bytes,
            LogicalBytes = before.LogicalBytes + dataset.Root.Bytes,
        };
    }
}
