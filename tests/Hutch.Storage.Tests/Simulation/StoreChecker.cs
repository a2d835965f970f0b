using System.Formats.Tar;
using System.Text;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Storage.Segments;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Tests.Simulation;

/// <summary>Judges a disk against a ledger: what rule 1 promises, and that everything on the disk agrees with itself.</summary>
public sealed class StoreChecker(Ledger ledger)
{
    /// <summary>Opens the store on what a crash left, checks it, and checks that a second opening changes nothing.</summary>
    public async Task CheckAsync(FaultyDisk disk, int seed)
    {
        CheckTar(disk);
        await CheckOpenedAsync(disk, seed);
        CheckTar(disk);
        await CheckOpenedAsync(disk, seed + 1);
    }

    /// <summary>Every segment file is a whole tar file.</summary>
    public static void CheckTar(FaultyDisk disk)
    {
        foreach (string name in disk.FilesIn(StoreWorkload.Folder).Where(static name => name.EndsWith(".tar", StringComparison.Ordinal)))
        {
            using var stream = new MemoryStream(disk.ReadFile(Path.Combine(StoreWorkload.Folder, name)));
            using var tar = new TarReader(stream);
            while (tar.GetNextEntry() is { } entry)
            {
                Assert.Equal("hutch", ((UstarTarEntry)entry).GroupName);
            }
        }
    }

    private async Task CheckOpenedAsync(FaultyDisk disk, int seed)
    {
        (SegmentStore store, RecoveryReport report) = await StoreWorkload.OpenAsync(disk, seed);
        await using (store)
        {
            Assert.False(report.HasDamage, string.Join("; ", report.Damage));
            Assert.Empty(store.Quarantined);
            await CheckGroupsAsync(store);
            await CheckIndexesAsync(store, disk);
        }
    }

    /// <summary>The store as it is now, without opening it again.</summary>
    public async Task CheckGroupsAsync(SegmentStore store)
    {
        Dictionary<string, bool> lines = await LinesAsync(store);
        CheckRecords(lines);
        await CheckMembersAsync(store);
        foreach (WrittenGroup group in ledger.Groups.Where(static g => g is { Fate: Fate.Open } or { MayBeGone: true, IsGone: false }))
        {
            CheckWholeOrNot(store, group, lines);
        }
    }

    private static async Task<Dictionary<string, bool>> LinesAsync(SegmentStore store)
    {
        var found = new Dictionary<string, bool>();
        long previous = 0;
        await foreach (JournalGroup group in store.ReadJournalAsync(0, CancellationToken.None))
        {
            foreach (string line in Encoding.UTF8.GetString(group.Lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.True(JournalLines.TryReadSequence(Encoding.UTF8.GetBytes(line), out long sequence));
                Assert.True(sequence > previous, $"{sequence} after {previous}");
                previous = sequence;
                found.Add(line, true);
            }
        }

        return found;
    }

    private void CheckRecords(Dictionary<string, bool> found)
    {
        foreach (string line in ledger.Groups.Where(static g => g.MustBeThere).SelectMany(static g => g.Lines))
        {
            Assert.True(found.ContainsKey(line), $"an answered record is lost: {line}");
        }

        HashSet<string> possible = [.. ledger.Groups.Where(static g => g.MayBeThere).SelectMany(static g => g.Lines)];
        foreach (string line in found.Keys)
        {
            Assert.True(possible.Contains(line), $"a refused record is there: {line}");
        }
    }

    private async Task CheckMembersAsync(SegmentStore store)
    {
        foreach (IGrouping<MemberKey, (WrittenGroup Group, MemberKey Key, byte[] Body)> copies in ledger.Groups
            .SelectMany(static g => g.Members.Select(m => (g, m.Key, m.Body))).GroupBy(static copy => copy.Key))
        {
            bool there = store.TryLocate(copies.Key, out MemberLocation location);
            Assert.True(there || !copies.Any(static copy => copy.Group.MustBeThere), $"an answered member is lost: {copies.Key}");
            Assert.True(!there || copies.Any(static copy => copy.Group.MayBeThere), $"a member is there that should not be: {copies.Key}");
            if (there)
            {
                var body = new byte[location.Length];
                await store.ReadVerifiedAsync(location, body, CancellationToken.None);
                Assert.True(body.AsSpan().SequenceEqual(copies.First().Body), $"other bytes: {copies.Key}");
            }
        }
    }

    /// <summary>Of a group that may be there: all of it or nothing. What another group has too proves nothing.</summary>
    private void CheckWholeOrNot(SegmentStore store, WrittenGroup group, Dictionary<string, bool> lines)
    {
        List<WrittenGroup> others = [.. ledger.Groups.Where(g => g != group && g.MayBeThere)];
        List<bool> parts =
        [
            .. group.Members.Where(m => !others.Exists(o => o.Members.Any(other => other.Key == m.Key))).Select(m => store.TryLocate(m.Key, out _)),
            .. group.Lines.Where(line => !others.Exists(o => o.Lines.Contains(line))).Select(lines.ContainsKey),
        ];
        Assert.True(parts.Distinct().Count() <= 1, $"half a group is there: {string.Join(", ", group.Members.Select(static m => m.Key))}");
    }

    /// <summary>Each index says what a scan of the whole segment says.</summary>
    private static async Task CheckIndexesAsync(SegmentStore store, FaultyDisk disk)
    {
        foreach (SegmentInfo segment in store.Segments)
        {
            var indexed = new List<MemberInfo>();
            await foreach (MemberInfo member in store.EnumerateMembersAsync(segment.Number, CancellationToken.None))
            {
                indexed.Add(member);
            }

            using IDiskFile file = disk.Open(segment.Path, DiskAccess.Read);
            SegmentScan scan = SegmentScanner.Scan(file, segment.Number, long.MaxValue, mayBeTorn: false);
            var rebuilt = new MemoryIndex();
            rebuilt.Add(scan.Entries);
            IndexEntry[] sorted = rebuilt.Sorted();

            Assert.Empty(scan.Damage);
            Assert.Equal(sorted.Select(static e => (e.Key, e.BodyOffset, e.Crc32C)), indexed.Select(static m => (m.Key, m.Location.Offset, m.Location.Crc32C)));
            Assert.Equal(sorted.Length, segment.Members);
            Assert.Equal(sorted.Sum(static e => (long)e.Length), segment.BodyBytes);
            Assert.Equal(SegmentTotals.From(sorted).LastSequence, segment.LastSequence);
        }
    }
}
