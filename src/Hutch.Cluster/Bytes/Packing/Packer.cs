using Hutch.Storage.Packs;

namespace Hutch.Cluster.Bytes.Packing;

/// <summary>
/// Joins rows of the log into sealed segments in the object store, so that the database stays small and the bucket alone can be salvaged.
/// Only the server with the lease of the job does this.
/// </summary>
internal sealed class Packer(
    IPackLog log, IObjectStore objects, MemberView view, IDisk disk, string folder, PackSource source, PackOptions options)
{
    /// <param name="everything">True to pack rows that could still wait.</param>
    public async Task<int> RunAsync(bool everything, CancellationToken ct)
    {
        int packed = 0;
        while (true)
        {
            IReadOnlyList<UnpackedRow> rows = await log.ReadUnpackedAsync(options.PackBytes, ct);
            if (rows.Count == 0 || !(everything || IsDue(rows)))
            {
                return packed;
            }

            await PackAsync(rows, ct);
            packed += rows.Count;
        }
    }

    private bool IsDue(IReadOnlyList<UnpackedRow> rows) =>
        rows[0].Committed + TimeSpan.FromSeconds(options.PackAfterSeconds) <= source.Time.GetUtcNow()
        || rows.Sum(static row => row.Bytes) >= options.PackBytes / 2;

    private async Task PackAsync(IReadOnlyList<UnpackedRow> rows, CancellationToken ct)
    {
        var packs = new List<StoredPack>();
        foreach (IGrouping<Lane, UnpackedRow> lane in rows.GroupBy(static row => row.Lane))
        {
            packs.Add(await StoreAsync(lane.Key, lane, ct));
        }

        // A failure before this leaves objects that the log does not mention; the rows are packed again.
        await log.RecordAsync(new LogDirectory { Packs = packs }, ct);
    }

    private async Task<StoredPack> StoreAsync(Lane lane, IEnumerable<UnpackedRow> rows, CancellationToken ct)
    {
        string? previous = view.Read(queries => queries.FindLastSeal(lane.Name));
        PackIdentity identity = source.Identify(await log.NextPackAsync(ct), lane, previous);
        using PackFile file = PackFile.Create(disk, folder, "");
        var writer = new PackWriter(file.File, identity);
        PackedRow[] packed = [.. rows.Select(row => new PackedRow(row.Number, writer.Append(row.ToGroup())))];
        string seal = writer.Seal();
        var pack = new StoredPack(identity.Number, lane, source.Server, writer.Length, seal, packed);
        await file.StoreAsync(objects, ObjectNames.For(pack), writer.Length, ct);
        return pack;
    }
}
