using System.Buffers.Binary;
using System.Text;
using Hutch.Mount.Protocol;

namespace Hutch.Mount.Tests.Protocol;

/// <summary>The bytes of answers, compared with the structures of linux/fuse.h.</summary>
public sealed class FuseAnswerTests
{
    private static readonly FuseAttributes File = new(5, 1000, -1_500_000_000, FuseAttributes.FileType | 0x124, 1000, 100);

    [Fact]
    public void A_status_has_the_fields_of_fuse_attr_out_with_times_before_1970()
    {
        byte[] answer = File.ToAttributes(TimeSpan.FromSeconds(1.5));

        Assert.Equal(104, answer.Length);
        Assert.Equal((1UL, 500_000_000U), (U64(answer, 0), U32(answer, 8)));
        Assert.Equal((5UL, 1000UL, 2UL), (U64(answer, 16), U64(answer, 24), U64(answer, 32)));
        Assert.Equal((-2L, 500_000_000U), ((long)U64(answer, 48), U32(answer, 68)));
        Assert.Equal((0x8124U, 1U, 1000U, 100U), (U32(answer, 76), U32(answer, 80), U32(answer, 84), U32(answer, 88)));
    }

    [Fact]
    public void An_entry_has_the_fields_of_fuse_entry_out()
    {
        byte[] answer = new byte[128];
        File.WriteEntry(answer, node: 9, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));

        Assert.Equal((9UL, 0UL, 2UL, 3UL), (U64(answer, 0), U64(answer, 8), U64(answer, 16), U64(answer, 24)));
        Assert.Equal((5UL, 1000UL), (U64(answer, 40), U64(answer, 48)));
        Assert.Equal(0UL, U64(FuseAttributes.NoEntry(TimeSpan.FromSeconds(1)), 0));
    }

    [Fact]
    public void Names_of_a_folder_are_padded_to_eight_bytes_and_none_is_cut()
    {
        byte[] name = Encoding.UTF8.GetBytes("größe");
        var buffer = new FuseFolderBuffer(capacity: 100);
        int added = 0;
        for (; buffer.HasRoom(name, withEntry: false); added++)
        {
            buffer.Add(name, inode: 77, next: added + 1, FuseAttributes.FolderType);
        }

        byte[] body = buffer.Body.ToArray();
        Assert.Equal((3, 96), (added, body.Length));
        Assert.Equal((77UL, 2UL, 7U, 4U), (U64(body, 32), U64(body, 40), U32(body, 48), U32(body, 52)));
        Assert.Equal(name, body[56..63]);
        Assert.Equal(0, body[63]);
    }

    [Fact]
    public void An_answer_says_its_length_and_a_negative_error()
    {
        Span<byte> header = stackalloc byte[16];
        FuseReply.With(new byte[5]).WriteHeader(header, unique: 8);
        Assert.Equal((21U, 0, 8UL), (U32(header, 0), (int)U32(header, 4), U64(header, 8)));

        FuseReply.Failed(FuseError.InputOutput).WriteHeader(header, unique: 9);
        Assert.Equal((16U, -5, 9UL), (U32(header, 0), (int)U32(header, 4), U64(header, 8)));
    }

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
