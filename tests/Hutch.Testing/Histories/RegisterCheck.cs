namespace Hutch.Testing.Histories;

/// <summary>
/// Checks whether a history of one register is linearizable, where every write has a value of its own. The operations on one value are one
/// block of the order, because only reads may come between a write and its reads. So each value has a zone of time: from the first end to
/// the last beginning of its operations, or the reverse. A history is linearizable if no zones clash (P. B. Gibbons, E. Korach, "Testing
/// shared memories", SIAM J. Comput. 26, 1997, section 4.1).
/// </summary>
public static class RegisterCheck
{
    /// <summary>Describes the contradictions; empty when the history is linearizable.</summary>
    public static IReadOnlyList<string> FindFaults(IReadOnlyList<RegisterOperation> operations)
    {
        var writes = operations.Where(static operation => operation.IsWrite).ToDictionary(static operation => operation.Value!, StringComparer.Ordinal);
        List<string> faults = [];
        List<Zone> zones = [];
        foreach (IGrouping<string?, RegisterOperation> block in operations.GroupBy(static operation => operation.Value))
        {
            RegisterOperation? write = block.Key is null ? null : writes.GetValueOrDefault(block.Key);
            if (block.Key is not null && write is null)
            {
                faults.Add($"{block.Key} was read, and nobody wrote it.");
                continue;
            }

            if (write is not null && block.FirstOrDefault(operation => operation.Ended < write.Begun) is { } early)
            {
                faults.Add($"{block.Key} was read at {early.Ended}, before it was written at {write.Begun}.");
                continue;
            }

            // The first value of the register was written before anything.
            long firstEnd = write is null ? long.MinValue : block.Min(static operation => operation.Ended);
            long lastBegin = block.Max(static operation => operation.Begun);
            if (firstEnd != RegisterOperation.Never)
            {
                zones.Add(new Zone(block.Key, firstEnd, lastBegin));
            }
        }

        faults.AddRange(FindClashes(zones));
        return faults;
    }

    private static IEnumerable<string> FindClashes(List<Zone> zones)
    {
        // Between the first end and the last beginning of its operations, the register has this value and no other.
        List<Zone> held = [.. zones.Where(static zone => zone.FirstEnd < zone.LastBegin).OrderBy(static zone => zone.FirstEnd)];
        for (int i = 1; i < held.Count; i++)
        {
            if (held[i].FirstEnd < held[i - 1].LastBegin)
            {
                yield return $"{Name(held[i - 1])} and {Name(held[i])} were both there at {held[i].FirstEnd}: one of them was read when it had been "
                    + "replaced, or was lost.";
            }
        }

        // The others fit anywhere in their time; not where all of it is another one's.
        foreach (Zone zone in zones.Where(static zone => zone.FirstEnd >= zone.LastBegin))
        {
            if (held.Find(other => other.FirstEnd < zone.LastBegin && zone.FirstEnd < other.LastBegin) is { } other)
            {
                yield return $"{Name(zone)} was there between {zone.LastBegin} and {zone.FirstEnd}, when it was {Name(other)} all the time.";
            }
        }
    }

    private static string Name(Zone zone) => zone.Value ?? "nothing";

    /// <param name="Value">The value.</param>
    /// <param name="FirstEnd">The end of the first of its operations.</param>
    /// <param name="LastBegin">The beginning of the last of them.</param>
    private sealed record Zone(string? Value, long FirstEnd, long LastBegin);
}
