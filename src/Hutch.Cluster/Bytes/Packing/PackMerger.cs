using Hutch.Storage.Packs;

namespace Hutch.Cluster.Bytes.Packing;

/// <summary>
/// Joins small packs of a lane into one, so that a bucket has few objects. The new pack is stored first. Then the log records that it holds
/// the rows and that the small packs are condemned.
/// </summary>
internal sealed class PackMerger(
    IPackLog log, IObjectStore objects, MemberView view, IDisk disk, string folder, PackSource source, PackOptions options)
{
    /// <summary>Merges packs where it is worthwhile. Returns the number of packs that were merged.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        int merged = 0;

        // Read before the list of packs, so that packs condemned since then are noticed.
        long known = view.Applied.Number;
        List<PackRow> all = view.Read(static queries => queries.Packs());
        foreach (List<PackRow> run in all.GroupBy(static pack => pack.Lane).SelectMany(Runs).ToList())
        {
            if (!await TryMergeAsync(run, all, known, ct))
            {
                return merged;
            }

            merged += run.Count;
        }

        return merged;
    }

    /// <summary>Finds runs of small packs that have enough bytes for a large one, or are too many.</summary>
    private IEnumerable<List<PackRow>> Runs(IEnumerable<PackRow> packs)
    {
        var run = new List<PackRow>();
        long bytes = 0;
        foreach (PackRow pack in packs.Where(pack => pack.Length <= options.MergedBytes / 2))
        {
            if (bytes + pack.Length > options.MergedBytes)
            {
                yield return run;
                (run, bytes) = ([], 0);
            }

            run.Add(pack);
            bytes += pack.Length;
        }

        if (run.Count >= options.MergeAtPacks)
        {
            yield return run;
        }
    }

    /// <summary>
    /// Merges some packs; returns false when a collection has condemned one of them, so that the list of packs is out of date.
    /// </summary>
    private async Task<bool> TryMergeAsync(List<PackRow> run, List<PackRow> all, long known, CancellationToken ct)
    {
        Lane lane = PackLane.For(run[0]);
        PackIdentity identity = source.Identify(await log.NextPackAsync(ct), lane, previous: null);
        using PackFile file = PackFile.Create(disk, folder, "-merged");
        var writer = new PackWriter(file.File, identity);
        var rows = new List<PackedRow>();
        try
        {
            foreach (PackRow small in run)
            {
                await CopyAsync(small, writer, rows, ct);
            }
        }
        catch (QuarantinedException) when (run.Except(view.Read(static queries => queries.Packs())).Any())
        {
            // An object condemned without a retention time may be deleted by now; this is not damage.
            return false;
        }

        string seal = writer.Seal();
        rows.Sort(static (a, b) => a.Row.CompareTo(b.Row));
        var pack = new StoredPack(identity.Number, lane, source.Server, writer.Length, seal, rows);
        await file.StoreAsync(objects, ObjectNames.For(pack), writer.Length, ct);
        all.RemoveAll(run.Contains);
        all.Add(new PackRow(pack.Number, ObjectNames.For(pack), lane.Name, pack.Length, seal));
        string list = ObjectNames.ListOf(ObjectNames.For(pack));
        await PackList.StoreAsync(objects, list, all, ct);
        long now = source.Time.GetUtcNow().ToUnixTimeMilliseconds();
        CondemnedObject[] condemned =
        [
            .. run.SelectMany(static small => new[] { small.ObjectName, ObjectNames.ListOf(small.ObjectName) })
                .Select(name => new CondemnedObject(name, now)),
        ];
        if (await log.TryRecordAsync(new LogDirectory { Packs = [pack], Condemned = condemned }, known, IsAgainst, ct))
        {
            return true;
        }

        // Members removed from a small pack must not come back. The log never mentioned the new pack.
        _ = await objects.DeleteAsync([ObjectNames.For(pack), list], ct);
        return false;

        bool IsAgainst(LogDirectory row) => row.Condemned.Any(one => run.Exists(small => small.ObjectName == one.Name));
    }

    /// <summary>Copies a pack and checks every group; damaged groups stay in the old pack, to be repaired.</summary>
    private async Task CopyAsync(PackRow small, PackWriter writer, List<PackedRow> rows, CancellationToken ct)
    {
        using PackFile file = PackFile.Create(disk, folder, "-small");
        await file.FetchAsync(objects, small.ObjectName, small.Length, ct);
        var reader = new PackReader(file.File, small.Length);
        foreach ((long row, long start) in view.Read(queries => queries.RowsIn(small.Number)))
        {
            rows.Add(new PackedRow(row, writer.Append(reader.ReadGroup(start))));
        }
    }
}
