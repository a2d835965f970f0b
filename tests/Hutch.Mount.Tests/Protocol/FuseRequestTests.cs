using System.Buffers.Binary;
using System.Text;
using Hutch.Mount.Protocol;

namespace Hutch.Mount.Tests.Protocol;

/// <summary>Messages of the kernel, whole, cut, and made up.</summary>
public sealed class FuseRequestTests
{
    [Fact]
    public void A_read_is_parsed_field_by_field()
    {
        byte[] message = Message(FuseOpcode.Read, node: 7, body: Words(0x1111UL, 4096UL, 131072UL, 0UL, 0UL));

        Assert.True(FuseRequest.TryParse(message, out FuseRequest? request, out ulong unique));
        Assert.Equal((FuseOpcode.Read, 42UL, 7UL), (request.Opcode, unique, request.Node));
        Assert.Equal((0x1111UL, 4096L, 131072), (request.Handle, request.Offset, request.Size));
    }

    [Fact]
    public void A_name_ends_at_its_zero_and_must_be_UTF_8()
    {
        Assert.Equal("ü", Parse(Message(FuseOpcode.Lookup, 1, [.. "ü"u8, 0, 99])).Name);
        Assert.Null(Parse(Message(FuseOpcode.Lookup, 1, [0xFF, 0xFE, 0])).Name);
        Assert.False(FuseRequest.TryParse(Message(FuseOpcode.Lookup, 1, "no end"u8.ToArray()), out _, out _));
    }

    [Fact]
    public void Many_forgotten_nodes_come_in_one_message_whose_count_must_be_true()
    {
        Assert.Equal([(3UL, 1UL), (4UL, 2UL)], Parse(Message(FuseOpcode.ForgetMany, 0, Words(2UL, 3UL, 1UL, 4UL, 2UL))).Forgotten);
        foreach (ulong count in new ulong[] { 0, 1, 3, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF })
        {
            Assert.False(FuseRequest.TryParse(Message(FuseOpcode.ForgetMany, 0, Words(count, 3UL, 1UL, 4UL, 2UL)), out _, out _));
        }
    }

    [Theory]
    [InlineData(ulong.MaxValue, 1UL)]
    [InlineData(0x8000000000000000UL, 1UL)]
    [InlineData(0x7FFFFFFFFFFFFFFFUL, 1UL)]
    [InlineData(0UL, 0xFFFFFFFFUL)]
    public void A_read_outside_of_any_file_is_refused(ulong offset, ulong size) =>
        Assert.False(FuseRequest.TryParse(Message(FuseOpcode.Read, 1, Words(1UL, offset, size, 0UL, 0UL)), out _, out _));

    [Fact]
    public void A_message_that_is_shorter_than_it_says_is_refused_and_its_number_known_for_the_answer()
    {
        byte[] message = Message(FuseOpcode.Read, 1, Words(1UL, 2UL, 3UL, 4UL, 5UL));
        for (int length = 0; length < message.Length; length++)
        {
            Assert.False(FuseRequest.TryParse(message.AsSpan(0, length), out _, out ulong unique));
            Assert.Equal(length >= FuseRequest.HeaderBytes ? 42UL : 0, unique);
        }
    }

    [Fact]
    public void No_message_of_any_kind_and_length_breaks_the_parser()
    {
        var random = new Random(1);
        for (int i = 0; i < 200_000; i++)
        {
            byte[] body = new byte[random.Next(0, 96)];
            random.NextBytes(body);
            byte[] message = Message((FuseOpcode)random.Next(0, 60), (ulong)random.NextInt64(), body);
            if (FuseRequest.TryParse(message, out FuseRequest? request, out _))
            {
                Assert.True(request.Size >= 0 && request.Offset >= 0);
                Assert.True(request.Forgotten.Count <= body.Length / 8);
            }
        }
    }

    [Theory]
    [InlineData(7, 23, 7, 23)]
    [InlineData(7, 31, 7, 31)]
    [InlineData(7, 45, 7, 31)]
    [InlineData(8, 1, 7, 31)]
    public void The_versions_of_kernels_since_3_15_are_answered_with_one_that_both_know(uint major, uint minor, uint agreed, uint agreedMinor)
    {
        byte[] answer = FuseInit.Answer(Initialise(major, minor))!;

        Assert.Equal(64, answer.Length);
        Assert.Equal((agreed, agreedMinor), (U32(answer, 0), U32(answer, 4)));
    }

    [Theory]
    [InlineData(7, 22)]
    [InlineData(6, 99)]
    public void An_older_kernel_is_refused(uint major, uint minor) => Assert.Null(FuseInit.Answer(Initialise(major, minor)));

    internal static byte[] Message(FuseOpcode opcode, ulong node, byte[] body)
    {
        byte[] message = new byte[FuseRequest.HeaderBytes + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), (uint)opcode);
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(8), 42);
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(16), node);
        body.CopyTo(message, FuseRequest.HeaderBytes);
        return message;
    }

    private static FuseRequest Parse(byte[] message)
    {
        Assert.True(FuseRequest.TryParse(message, out FuseRequest? request, out _));
        return request;
    }

    private static FuseRequest Initialise(uint major, uint minor) =>
        Parse(Message(FuseOpcode.Initialise, 0, Words(major | ((ulong)minor << 32), 131072UL | (0xFFFFFFFFUL << 32))));

    private static uint U32(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));

    private static byte[] Words(params ulong[] words) => [.. words.SelectMany(BitConverter.GetBytes)];
}
