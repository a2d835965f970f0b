using Hutch.Model.Checksums;
using Hutch.Storage.Packs;

namespace Hutch.Cluster.Bytes.Packing;

/// <summary>
/// Reads every object again, to find loss or damage in the object store before a reader does. Its findings go into quarantine for all
/// servers. Only the server with the lease of the job does this.
/// </summary>
internal sealed class ObjectScrub(
    IObjectStore objects, MemberView view, IDisk disk, string folder, long bytesPerSecond, TimeProvider time) : IScrubber
{
    private const int ExtentsAtOnce = 1000;

    public async Task<ScrubSummary> RunAsync(Action<int, int> progress, CancellationToken ct)
    {
        var found = new Findings();
        List<PackRow> packs = view.Read(static queries => queries.Packs());
        for (int i = 0; i < packs.Count; i++)
        {
            long began = time.GetTimestamp();
            await ReadPackAsync(packs[i], found, ct);
            await WaitAsync(packs[i].Length, began, ct);
            progress(i + 1, packs.Count + 1);
        }

        int extents = await ReadExtentsAsync(found, ct);
        progress(packs.Count + 1, packs.Count + 1);
        return new ScrubSummary(packs.Count + extents, found.Members, found.Bytes, found.Damage);
    }

    private async Task ReadPackAsync(PackRow pack, Findings found, CancellationToken ct)
    {
        List<(long Row, long Start)> rows = view.Read(queries => queries.RowsIn(pack.Number));
        using PackFile file = PackFile.Create(disk, folder, "-scrub");
        PackReader? reader = null;
        try
        {
            await file.FetchAsync(objects, pack.ObjectName, pack.Length, ct);
            reader = new PackReader(file.File, pack.Length);
        }
        catch (QuarantinedException e)
        {
            found.Damage.Add(e.Message);
        }

        foreach ((long row, long start) in rows)
        {
            try
            {
                LogGroup? group = reader?.ReadGroup(start);
                found.Record(group?.Members.Count ?? 0, group?.MemberBytes ?? 0);
                if (group is not null)
                {
                    continue;
                }
            }
            catch (QuarantinedException e)
            {
                found.Damage.Add($"{pack.ObjectName}: {e.Message}");
            }

            await FindDamagedAsync(pack, row, start, ct);
        }
    }

    /// <summary>Finds the damaged members of a group; the others are still served.</summary>
    private async Task FindDamagedAsync(PackRow pack, long row, long start, CancellationToken ct)
    {
        foreach (MemberRow member in view.Read(queries => queries.MembersOf(row)))
        {
            var body = new byte[member.Length];
            ObjectReadOutcome outcome = body.Length == 0
                ? ObjectReadOutcome.Read
                : await objects.ReadAsync(pack.ObjectName, MemberOffset.From(member.Place).InPack(start), body, pack.Length, ct);
            if (outcome != ObjectReadOutcome.Read || Checksum.Crc32C(body) != member.Crc32C)
            {
                view.Quarantine(new DamagedMember(row, member.Place, ""));
            }
        }
    }

    private async Task<int> ReadExtentsAsync(Findings found, CancellationToken ct)
    {
        int count = 0;
        long last = 0;
        while (true)
        {
            List<(long Number, string ObjectName, int Length, uint Crc32C)> page =
                view.Read(queries => queries.ExtentsAfter(last, ExtentsAtOnce));
            if (page.Count == 0)
            {
                return count;
            }

            foreach ((_, string name, int length, uint crc) in page)
            {
                long began = time.GetTimestamp();
                var body = new byte[length];
                ObjectReadOutcome outcome = await objects.ReadAsync(name, 0, body, length, ct);
                found.Record(1, length);
                await WaitAsync(length, began, ct);
                if (outcome != ObjectReadOutcome.Read || Checksum.Crc32C(body) != crc)
                {
                    found.Damage.Add($"the object '{name}' in {objects.Name} is missing or damaged");
                    view.Quarantine(new DamagedMember(0, 0, name));
                }
            }

            count += page.Count;
            last = page[^1].Number;
        }
    }

    /// <summary>Delays the scrub, so that on average it reads no faster than its limit.</summary>
    private async Task WaitAsync(long bytes, long began, CancellationToken ct)
    {
        TimeSpan left = TimeSpan.FromSeconds((double)bytes / bytesPerSecond) - time.GetElapsedTime(began);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, ct);
        }
    }

    /// <summary>The amount of data read, and the damage found.</summary>
    private sealed class Findings
    {
        public long Members { get; private set; }

        public long Bytes { get; private set; }

        public List<string> Damage { get; } = [];

        public void Record(int members, long bytes) => (Members, Bytes) = (Members + members, Bytes + bytes);
    }
}
