using FsCheck.Fluent;
using Hutch.Model.Checksums;

namespace Hutch.Model.Tests.Checksums;

public class ChecksumTests
{
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("a", 0xC1D04330u)]
    [InlineData("123456789", 0xE3069283u)]
    public void Known_answers_are_given(string text, uint crc) => Assert.Equal(crc, Checksum.Crc32C(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void The_answers_of_RFC_3720_are_given()
    {
        Assert.Equal(0x8A9136AAu, Checksum.Crc32C(new byte[32]));
        Assert.Equal(0x62A8AB43u, Checksum.Crc32C(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Checksum.Crc32C([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]));
    }

    [Fact]
    public void Bytes_in_parts_give_the_same_as_bytes_at_once() => FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.From(Gen.Choose(0, 100_000)),
        Arb.From(Gen.Choose(0, 100_000)),
        static (length, cut) =>
        {
            byte[] bytes = Bytes(length);
            cut = Math.Min(cut, length);
            return Checksum.Crc32C(bytes) == Checksum.Append(Checksum.Crc32C(bytes.AsSpan(0, cut)), bytes.AsSpan(cut));
        }));

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
