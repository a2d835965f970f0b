using Hutch.Catalog.Members;
using Hutch.Disk;
using Hutch.Objects;
using Hutch.Storage;
using Hutch.Storage.Packs;

namespace Hutch.Cluster.Bytes.Packing;

/// <summary>
/// Joins small packs of a lane into one, so that a bucket has few objects: the new one is stored, then the log says that it holds the rows
/// and that the small ones are condemned.
/// </summary>
internal sealed class PackMerger(
    IPackLog log, IObjectStore objects, MemberView view, IDisk disk, string folder, PackSource source, PackOptions options)
{
    /// <summary>Merges what is worth it. Returns how many packs became one in all.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        int merged = 0;
        List<PackRow> all = view.Read(static queries => queries.Packs());
        foreach (List<PackRow> run in all.GroupBy(static pack => pack.Lane).SelectMany(Runs).ToList())
        {
            await MergeAsync(run, all, ct);
            merged += run.Count;
        }

        return merged;
    }

    /// <summary>Small packs that follow one another: enough bytes for a large one, or too many of them.</summary>
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

    private async Task MergeAsync(List<PackRow> run, List<PackRow> all, CancellationToken ct)
    {
        Lane lane = Lane.TryParse(run[0].Lane, out Lane known)
            ? known
            : throw new StorageFormatException(
                $"The pack '{run[0].ObjectName}' is in the lane '{run[0].Lane}', which this version does not know.");
        PackIdentity identity = source.Identify(await log.NextPackAsync(ct), lane, previous: null);
        using PackFile file = PackFile.Create(disk, folder, "-merged");
        var writer = new PackWriter(file.File, identity);
        var rows = new List<PackedRow>();
        foreach (PackRow small in run)
        {
            await CopyAsync(small, writer, rows, ct);
        }

        string seal = writer.Seal();
        rows.Sort(static (a, b) => a.Row.CompareTo(b.Row));
        var pack = new StoredPack(identity.Number, lane, source.Server, writer.Length, seal, rows);
        await file.StoreAsync(objects, ObjectNames.Of(pack), writer.Length, ct);
        all.RemoveAll(run.Contains);
        all.Add(new PackRow(pack.Number, ObjectNames.Of(pack), lane.Name, pack.Length, seal));
        await PackList.StoreAsync(objects, ObjectNames.ListOf(ObjectNames.Of(pack)), all, ct);
        long now = source.Time.GetUtcNow().ToUnixTimeMilliseconds();
        CondemnedObject[] condemned =
        [
            .. run.SelectMany(static small => new[] { small.ObjectName, ObjectNames.ListOf(small.ObjectName) })
                .Select(name => new CondemnedObject(name, now)),
        ];
        await log.RecordAsync(new LogDirectory { Packs = [pack], Condemned = condemned }, ct);
    }

    /// <summary>Every group is checked on its way: what is damaged stays where it is, to be repaired.</summary>
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
