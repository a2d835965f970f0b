using FsCheck;
using FsCheck.Fluent;
using Hutch.Cluster.Bytes;
using Hutch.Model;
using Hutch.Storage;

namespace Hutch.Cluster.Tests.Bytes;

/// <summary>What a row says of bytes is read as it was written, or not at all.</summary>
public sealed class LogDirectoryTests
{
    private static readonly Lane[] Lanes = [Lane.Main, Lane.Bulk, Lane.Until(new DateOnly(2026, 11, 25)), Lane.Until(new DateOnly(2027, 1, 1))];

    private static Gen<Lane> LaneGen => Gen.Elements(Lanes);

    private static Gen<Guid> GuidGen => Gen.Choose(0, 255).Select(static x => (byte)x).ArrayOf(16).Select(static bytes => new Guid(bytes));

    private static Gen<MemberKey> ExtentGen => from upload in GuidGen from offset in Gen.Choose(0, int.MaxValue) select MemberKey.Extent(upload, offset * 1000L);

    private static Gen<MemberKey> KeyGen => Gen.OneOf(
        GuidGen.Select(static id => MemberKey.Blob(BlobHash.Compute(id.ToByteArray()))), ExtentGen);

    private static Gen<RowMember> MemberGen =>
        from lane in LaneGen
        from key in KeyGen
        from length in Gen.Choose(0, 1 << 20)
        from crc in Gen.Choose(0, int.MaxValue)
        select new RowMember(lane, key, length, (uint)crc * 2);

    private static Gen<StoredExtent> StoredGen =>
        from lane in LaneGen
        from key in ExtentGen
        from server in GuidGen
        from length in Gen.Choose(1, 8 << 20)
        from crc in Gen.Choose(0, int.MaxValue)
        select new StoredExtent(lane, key, server, length, (uint)crc);

    private static Gen<StoredPack> PackGen =>
        from number in Gen.Choose(1, int.MaxValue)
        from lane in LaneGen
        from server in GuidGen
        from length in Gen.Choose(0, int.MaxValue)
        from rows in Gen.Choose(1, 1_000_000).ListOf()
        select new StoredPack(number, lane, server, length, $"{number}.seal", [.. rows.Order().Select(static row => new PackedRow(row, row * 512L))]);

    private static Gen<DamagedMember> DamageGen =>
        from row in Gen.Choose(0, int.MaxValue)
        from place in Gen.Choose(0, int.MaxValue)
        from name in Gen.Elements("", "extents/a/b", "naïve/名前")
        select new DamagedMember(row, (long)place << 20, name);

    private static Gen<LogDirectory> DirectoryGen =>
        from members in MemberGen.ListOf()
        from extents in StoredGen.ListOf()
        from packs in PackGen.ListOf()
        from damaged in DamageGen.ListOf()
        from condemned in Gen.Elements(new CondemnedObject("packs/a", 0), new CondemnedObject("packs/b", 1_795_000_000_000)).ListOf()
        from reliedUpon in Gen.Choose(0, int.MaxValue).Select(static x => (ulong)x * 4_294_967_299).ListOf()
        select new LogDirectory
        {
            Members = members,
            Extents = extents,
            Packs = packs,
            Damaged = damaged,
            Condemned = condemned,
            ReliedUpon = reliedUpon,
        };

    [Fact]
    public void What_was_written_is_read() => Prop.ForAll(DirectoryGen.ToArbitrary(), static directory =>
    {
        LogDirectory read = LogDirectory.Read(directory.ToBytes());

        Assert.Equal(directory.Members, read.Members);
        Assert.Equal(directory.Extents, read.Extents);
        Assert.Equal(directory.Damaged, read.Damaged);
        Assert.Equal(directory.Condemned, read.Condemned);
        Assert.Equal(directory.ReliedUpon, read.ReliedUpon);
        Assert.Equal(
            directory.Packs.Select(static pack => (pack with { Rows = [] }).ToString() + string.Join(',', pack.Rows)),
            read.Packs.Select(static pack => (pack with { Rows = [] }).ToString() + string.Join(',', pack.Rows)));
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_changed_bit_is_noticed_wherever_it_is() => Prop.ForAll(DirectoryGen.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), static (directory, at) =>
    {
        byte[] bytes = directory.ToBytes();
        bytes[at % bytes.Length] ^= (byte)(1 << (at % 8));

        Assert.Throws<StorageFormatException>(() => LogDirectory.Read(bytes));
        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_cut_is_noticed_wherever_it_ends()
    {
        byte[] bytes = Sample().ToBytes();

        for (int length = 1; length < bytes.Length; length++)
        {
            Assert.Throws<StorageFormatException>(() => LogDirectory.Read(bytes.AsMemory(0, length)));
        }
    }

    [Fact]
    public void No_bytes_are_a_directory_that_says_nothing() => Assert.Same(LogDirectory.Empty, LogDirectory.Read(default));

    [Fact]
    public void A_newer_format_is_refused_in_words()
    {
        byte[] bytes = Sample().ToBytes();
        bytes[3] = 2;

        StorageFormatException refused = Assert.Throws<StorageFormatException>(() => LogDirectory.Read(bytes));

        Assert.Contains("newer Hutch", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bytes_of_format_1_do_not_change() => Assert.Equal(
        "484C4401" + "01" + "046D61696E"
        + "01" + "00" + "02" + "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855" + "00" + "00000000"
        + "00000000",
        Convert.ToHexString(new LogDirectory { Members = [new RowMember(Lane.Main, MemberKey.Blob(BlobHash.Compute([])), 0, 0)] }.ToBytes()[..^4]));

    [Fact]
    public void The_records_of_a_row_are_no_member() => Assert.Throws<InvalidOperationException>(
        () => new LogDirectory { Members = [new RowMember(Lane.Main, MemberKey.Journal(1, 2), 0, 0)] }.ToBytes());

    private static LogDirectory Sample() => new()
    {
        Members = [new RowMember(Lane.Main, MemberKey.Blob(BlobHash.Compute([1])), 1, 2)],
        Extents = [new StoredExtent(Lane.Bulk, MemberKey.Extent(Guid.Empty, 8 << 20), Guid.Empty, 300_000, 7)],
        Packs = [new StoredPack(3, Lane.Main, Guid.Empty, 4096, "seal", [new PackedRow(1, 512), new PackedRow(9, 4096)])],
        Damaged = [new DamagedMember(5, 6, ""), new DamagedMember(0, 0, "extents/x")],
        Condemned = [new CondemnedObject("packs/y", 12)],
    };
}
