using System.Formats.Tar;
using Hutch.Model.Tar;

namespace Hutch.Model.Tests.Tar;

public sealed class UstarHeaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8 * 1024 * 1024)]
    [InlineData(UstarHeader.MaxLength)]
    public void A_header_reads_back_as_it_was_written(long length)
    {
        byte[] block = Written(length);

        Assert.Equal(UstarFault.None, UstarHeader.Read(block, out UstarHeader back));
        Assert.Equal("a/name"u8, back.Name);
        Assert.Equal("ann"u8, back.UserName);
        Assert.Equal("staff"u8, back.GroupName);
        Assert.Equal((length, UstarHeader.FileType), (back.Length, back.Type));
        Assert.True(back.Prefix.IsEmpty && back.LinkName.IsEmpty);
    }

    [Fact]
    public void Another_program_reads_what_was_written()
    {
        byte[] tar = [.. Written(0), .. new byte[UstarHeader.EndBytes]];

        var entry = (UstarTarEntry)new TarReader(new MemoryStream(tar)).GetNextEntry()!;

        Assert.Equal(("a/name", "ann", "staff"), (entry.Name, entry.UserName, entry.GroupName));
        Assert.Equal((UnixFileMode)0x1ED, entry.Mode);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), entry.ModificationTime);
    }

    [Fact]
    public void A_name_that_another_program_split_is_read_in_both_parts()
    {
        string folder = new('f', 90);
        var stream = new MemoryStream();
        using (System.Formats.Tar.TarWriter writer = new(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"{folder}/{new string('n', 90)}"));
        }

        Assert.Equal(UstarFault.None, UstarHeader.Read(stream.ToArray(), out UstarHeader header));
        Assert.Equal(folder, System.Text.Encoding.ASCII.GetString(header.Prefix));
        Assert.Equal(new string('n', 90), System.Text.Encoding.ASCII.GetString(header.Name));
    }

    [Fact]
    public void A_length_beyond_the_octal_digits_is_read_in_the_form_of_gnu_tar()
    {
        byte[] block = Written(0);
        byte[] length = [0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1];
        length.CopyTo(block, 124);

        Assert.Equal(UstarFault.None, UstarHeader.Read(Summed(block), out UstarHeader header));
        Assert.Equal((1L << 33) + 1, header.Length);
    }

    [Fact]
    public void A_header_of_the_time_before_ustar_has_no_prefix_and_no_owner()
    {
        byte[] block = Written(5);
        block.AsSpan(257, 8).Clear();
        block[156] = 0;

        Assert.Equal(UstarFault.None, UstarHeader.Read(Summed(block), out UstarHeader header));
        Assert.Equal((5L, UstarHeader.FileType), (header.Length, header.Type));
        Assert.True(header.Prefix.IsEmpty && header.UserName.IsEmpty);
    }

    [Theory]
    [InlineData("0000000000x")]
    [InlineData("00000000008")]
    [InlineData("           ")]
    [InlineData("-0000000001")]
    public void A_length_that_is_no_number_is_named_as_the_fault(string digits)
    {
        byte[] block = Written(0);
        System.Text.Encoding.ASCII.GetBytes(digits, block.AsSpan(124));

        Assert.Equal(UstarFault.Length, UstarHeader.Read(Summed(block), out _));
    }

    [Fact]
    public void Any_changed_byte_outside_the_checksum_is_found()
    {
        byte[] block = Written(1234);
        foreach (int at in Enumerable.Range(0, UstarHeader.BlockBytes).Where(at => at is < 148 or >= 156))
        {
            block[at] ^= 0x15;
            Assert.Equal(UstarFault.Checksum, UstarHeader.Read(block, out _));
            block[at] ^= 0x15;
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 511)]
    [InlineData(511, 1)]
    [InlineData(512, 0)]
    [InlineData(513, 511)]
    [InlineData(10_000_000_001, 511)]
    public void Contents_are_padded_to_whole_blocks(long length, int padding)
    {
        Assert.Equal(padding, UstarHeader.PaddingAfter(length));
        Assert.Equal(512 + length + padding, UstarHeader.MemberBytes(length));
    }

    private static byte[] Written(long length)
    {
        var block = new byte[UstarHeader.BlockBytes];
        new UstarHeader
        {
            Name = "a/name"u8,
            UserName = "ann"u8,
            GroupName = "staff"u8,
            Length = length,
            Mode = 0x1ED,
            ModifiedSeconds = 1_700_000_000,
        }.Write(block);
        return block;
    }

    private static byte[] Summed(byte[] block)
    {
        "        "u8.CopyTo(block.AsSpan(148));
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(block.Sum(static b => b), 8).PadLeft(6, '0') + "\0 ", block.AsSpan(148));
        return block;
    }
}
