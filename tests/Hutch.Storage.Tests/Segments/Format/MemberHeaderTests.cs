using System.Formats.Tar;
using System.Text;
using FsCheck.Fluent;
using Hutch.Model;
using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Tests.Segments.Format;

public class MemberHeaderTests
{
    private static readonly BlobHash Hash = BlobHash.Compute("hutch"u8);

    private static readonly MemberHeader Example = new(MemberName.From(MemberKey.Blob(Hash)), 12345, 0xE3069283);

    public static TheoryData<string> Names => new(AllNames().Keys);

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        var bytes = new byte[MemberHeader.Size];
        Example.Write(bytes);

        Assert.Equal(
            $"blobs/{Hash}" + new string('\0', 30) + "0000444\0" + "0000000\0" + "0000000\0" + "00000030071\0" + "07033241600\0" + "023562\0 0"
            + new string('\0', 100) + "ustar\000" + "crc32c=e3069283" + new string('\0', 17) + "hutch" + new string('\0', 27) + "0000000\0" + "0000000\0"
            + new string('\0', 167),
            Encoding.ASCII.GetString(bytes));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_header_reads_back_and_is_understood_by_others(string name)
    {
        var header = new MemberHeader(AllNames()[name], 777, 0x1234ABCD);
        var bytes = new byte[MemberHeader.Size + 1024];
        header.Write(bytes);

        Assert.True(MemberHeader.TryRead(bytes, out MemberHeader back));
        Assert.Equal(header, back);
        var entry = (UstarTarEntry)new TarReader(new MemoryStream(bytes)).GetNextEntry()!;
        Assert.Equal((name, 777L, "crc32c=1234abcd", "hutch"), (entry.Name, entry.Length, entry.UserName, entry.GroupName));
    }

    [Fact]
    public void Any_flipped_bit_is_found()
    {
        var bytes = new byte[MemberHeader.Size];
        Example.Write(bytes);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(MemberHeader.TryRead(bytes, out _), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Whatever_bytes_are_read_as_a_header_write_the_same_bytes()
    {
        var original = new byte[MemberHeader.Size];
        Example.Write(original);
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
            Arb.From(Gen.Choose(0, MemberHeader.Size - 1).Two().ListOf()),
            changes =>
            {
                byte[] bytes = [.. original];
                foreach ((int at, int value) in changes)
                {
                    bytes[at] = (byte)value;
                }

                var back = new byte[MemberHeader.Size];
                bool accepted = MemberHeader.TryRead(bytes, out MemberHeader header);
                header.Write(accepted ? back : new byte[MemberHeader.Size]);
                return !accepted || back.AsSpan().SequenceEqual(bytes);
            }));
    }

    [Theory]
    [InlineData("blobs/0123")]
    [InlineData("blobs/ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    [InlineData("journal/123")]
    [InlineData("journal/ffffffffffffffff")]
    [InlineData("extents/00000000000000000000000000000000/0")]
    [InlineData("../etc/passwd")]
    [InlineData("")]
    public void Other_names_are_refused(string name)
    {
        var bytes = new byte[MemberHeader.Size];
        Example.Write(bytes);
        bytes.AsSpan(0, 100).Clear();
        Encoding.ASCII.GetBytes(name, bytes);
        "        "u8.CopyTo(bytes.AsSpan(148));
        Encoding.ASCII.GetBytes(Convert.ToString(bytes.Sum(static b => b), 8).PadLeft(6, '0') + "\0 ", bytes.AsSpan(148));

        Assert.False(MemberHeader.TryRead(bytes, out _));
    }

    private static Dictionary<string, MemberName> AllNames() => new()
    {
        [$"blobs/{Hash}"] = MemberName.From(MemberKey.Blob(Hash)),
        ["extents/00112233445566778899aabbccddeeff/0000000000800000"] =
            MemberName.From(MemberKey.Extent(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), 8 << 20)),
        ["journal/000000000000002a"] = MemberName.Journal(42),
        ["groups/0000000000000007"] = MemberName.GroupEnd(7),
        ["hutch-segment.json"] = new(MemberRole.Identity),
        ["hutch-index"] = new(MemberRole.Index),
        ["hutch-footer"] = new(MemberRole.Footer),
    };
}
