using FsCheck.Fluent;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Storage.Segments;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Tests.Segments.Format;

public class IndexTests
{
    [Fact]
    public void The_bytes_of_an_entry_are_those_of_the_format()
    {
        var bytes = new byte[IndexEntry.Size];
        IndexEntry.At(MemberKey.Extent(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), 8 << 20), 0x1000, 0x0203, 0xE3069283).Write(bytes);

        Assert.Equal(
            "00112233445566778899aabbccddeeff" + "0000000000800000" + "0000000000000000" + "08000000" + "03020000" + "839206e3" + "03" + "000000",
            Convert.ToHexStringLower(bytes));
        Assert.True(IndexEntry.TryRead(bytes, out IndexEntry back));
        Assert.Equal(0x1200, back.BodyOffset);
    }

    [Fact]
    public void The_bytes_of_a_footer_are_those_of_the_format()
    {
        SegmentFooter footer = Footer();
        var bytes = new byte[SegmentFooter.Size];
        footer.Write(bytes);

        Assert.Equal(
            "48555443485345470100010000000000" + "0500000000000000" + "00112233445566778899aabbccddeeff"
            + "756e74696c2d323032362d31312d3235" + "00000000000000000000000000000000" + "0060000000000000" + "02000000" + "64000000" + "0a000000" + "05000000"
            + "efbeadde" + "00000000" + "0100000000000000" + "0900000000000000" + "3930000000000000",
            Convert.ToHexStringLower(bytes.AsSpan(0, 128)));
        Assert.False(bytes.AsSpan(128, 380).ContainsAnyExcept((byte)0));
        Assert.True(SegmentFooter.TryRead(bytes, out SegmentFooter back));
        Assert.Equal(footer, back);
    }

    [Fact]
    public void Any_flipped_bit_of_a_footer_or_a_page_is_found()
    {
        var footer = new byte[SegmentFooter.Size];
        Footer().Write(footer);
        AssertEveryBitCounts(footer, static bytes => SegmentFooter.TryRead(bytes, out _));
        var page = new byte[IndexPage.Size];
        IndexPage.Write(page, 3, Entries(50, 1));
        AssertEveryBitCounts(page, static bytes => IndexPage.TryCheck(bytes, 3, out _));
        Assert.False(IndexPage.TryCheck(page, 4, out _));
    }

    [Fact]
    public void A_sealed_index_finds_exactly_its_own_entries() => FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.From(Gen.Choose(0, 600)),
        static count =>
        {
            IndexEntry[] entries = Entries(count, count);
            SealedIndex index = Open(entries, out _);
            bool all = entries.All(entry => index.TryFind(entry.Key, out IndexEntry found) && found == entry);
            bool none = Entries(300, count + 100_000).All(other => !index.TryFind(other.Key, out _) || entries.Contains(other));
            return all && none && index.Entries().SequenceEqual(entries) && index.Count == entries.Length;
        }));

    [Fact]
    public void Looking_up_allocates_nothing()
    {
        IndexEntry[] entries = Entries(1000, 1);
        SealedIndex index = Open(entries, out _);
        MemberKey absent = MemberKey.Blob(BlobHash.Compute("absent"u8));
        index.TryFind(entries[0].Key, out _);
        index.TryFind(absent, out _);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            index.TryFind(absent, out _);
            index.TryFind(entries[i].Key, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Few_absent_keys_pass_the_filter()
    {
        IndexEntry[] entries = Entries(20_000, 1);
        var filter = new byte[BloomFilter.BlocksFor(entries.Length) * BloomFilter.BlockSize];
        Array.ForEach(entries, entry => BloomFilter.Add(filter, entry.Key));

        Assert.All(entries, entry => Assert.True(BloomFilter.MayContain(filter, entry.Key)));
        int passed = Entries(20_000, 2).Count(entry => BloomFilter.MayContain(filter, entry.Key));
        Assert.InRange(passed, 0, 300);
    }

    [Fact]
    public void A_damaged_directory_or_page_is_an_error_not_a_wrong_answer()
    {
        IndexEntry[] entries = Entries(200, 1);
        foreach (int offset in new[] { MemberHeader.Size + 100, MemberHeader.Size + (3 * IndexPage.Size) + 5 })
        {
            SealedIndex index = Open(entries, out FaultyDisk disk);
            disk.FlipBit("/index", offset, 2);
            Assert.Throws<DamagedIndexException>(() => entries.All(entry => index.TryFind(entry.Key, out _)));
        }
    }

    private static void AssertEveryBitCounts(byte[] bytes, Predicate<byte[]> accepts)
    {
        Assert.True(accepts(bytes));
        for (int bit = 0; bit < bytes.Length * 8; bit += 3)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(accepts(bytes), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static SealedIndex Open(IndexEntry[] entries, out FaultyDisk disk)
    {
        byte[] body = SealedIndex.Build(entries, out SegmentFooter footer);
        disk = new FaultyDisk();
        using (IDiskFile file = disk.Open("/index", DiskAccess.CreateNew))
        {
            file.Write(body, MemberHeader.Size);
        }

        return new SealedIndex(new SegmentFile(disk, "/index", new SegmentFileCache(10)), footer with { IndexOffset = 0 });
    }

    private static IndexEntry[] Entries(int count, int seed)
    {
        var random = new Random(seed);
        var upload = new Guid(seed, 0, 0, new byte[8]);
        return
        [
            .. Enumerable.Range(0, count).Select(i => (i % 3) switch
            {
                0 => MemberKey.Journal((i * 10) + 1 + ((long)seed << 20), (i * 10) + 5 + ((long)seed << 20)),
                1 => MemberKey.Blob(BlobHash.Compute(BitConverter.GetBytes(random.NextInt64()))),
                _ => MemberKey.Extent(upload, (long)i << 23),
            }).Order().Select((key, i) => IndexEntry.At(key, i * 1024L, i, (uint)random.Next())),
        ];
    }

    private static SegmentFooter Footer() => new()
    {
        Segment = 5,
        Id = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
        Lane = Lane.Until(new DateOnly(2026, 11, 25)),
        IndexOffset = 0x6000,
        Pages = 2,
        Entries = 100,
        JournalEntries = 10,
        FilterBlocks = 5,
        DirectoryCrc32C = 0xDEADBEEF,
        FirstSequence = 1,
        LastSequence = 9,
        BodyBytes = 12345,
    };
}
