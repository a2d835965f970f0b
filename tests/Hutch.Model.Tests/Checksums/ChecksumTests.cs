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

    // The published check values of the catalogue of CRCs (reveng), and the examples of PNG (an empty IEND) and of zlib.
    [Theory]
    [InlineData("CRC-32", "123456789", 0xCBF43926)]
    [InlineData("CRC-32", "IEND", 0xAE426082)]
    [InlineData("CRC-32", "The quick brown fox jumps over the lazy dog", 0x414FA339)]
    [InlineData("CRC-32C", "123456789", 0xE3069283)]
    [InlineData("CRC-64/NVME", "123456789", 0xAE8B14860A799888)]
    [InlineData("CRC-32", "", 0)]
    [InlineData("CRC-32C", "", 0)]
    [InlineData("CRC-64/NVME", "", 0)]
    public void The_published_check_values_are_given(string name, string text, ulong expected) =>
        Assert.Equal(expected, Named(name).Crc.Append(0, System.Text.Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData("CRC-32")]
    [InlineData("CRC-32C")]
    [InlineData("CRC-64/NVME")]
    public void A_slow_obvious_computation_agrees_however_the_bytes_are_cut(string name) => FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
        Arb.From(Gen.Choose(0, 20_000)),
        Arb.From(Gen.Choose(0, 20_000)),
        (length, cut) =>
        {
            (Crc crc, ulong polynomial) = Named(name);
            byte[] bytes = Bytes(length);
            cut = Math.Min(cut, length);
            ulong first = crc.Append(0, bytes.AsSpan(0, cut));
            ulong second = crc.Append(0, bytes.AsSpan(cut));
            ulong slow = Slow(bytes, polynomial, crc.Bits);
            return crc.Append(first, bytes.AsSpan(cut)) == slow && crc.Combine(first, second, length - cut) == slow;
        }));

    private static (Crc Crc, ulong Polynomial) Named(string name) => name switch
    {
        "CRC-32" => (Crc.Crc32, 0xEDB88320),
        "CRC-32C" => (Crc.Crc32C, 0x82F63B78),
        _ => (Crc.Crc64Nvme, 0x9A6C9329AC4BC9B5),
    };

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static ulong Slow(byte[] bytes, ulong polynomial, int bits)
    {
        ulong ones = ulong.MaxValue >> (64 - bits);
        ulong crc = ones;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
            }
        }

        return crc ^ ones;
    }
}
