using System.Buffers.Binary;
using System.Text;
using FsCheck.Fluent;
using Hutch.S3.Checksums;

namespace Hutch.S3.Tests.Checksums;

/// <summary>The CRCs of objects and their parts.</summary>
public sealed class CrcTests
{
    // The examples of PNG (an empty IEND) and of zlib.
    [Theory]
    [InlineData("CRC32", "IEND", 0xAE426082)]
    [InlineData("CRC32", "The quick brown fox jumps over the lazy dog", 0x414FA339)]
    [InlineData("CRC32", "", 0)]
    [InlineData("CRC32C", "", 0)]
    [InlineData("CRC64NVME", "", 0)]
    public void The_published_check_values_are_given(string name, string text, ulong expected) =>
        Assert.Equal(expected, Compute(Named(name), Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData("CRC32", 0xEDB88320)]
    [InlineData("CRC32C", 0x82F63B78)]
    [InlineData("CRC64NVME", 0x9A6C9329AC4BC9B5)]
    public void A_slow_obvious_computation_agrees_and_the_checksum_of_two_parts_follows_from_theirs(string name, ulong polynomial) =>
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(
            Arb.From(Gen.Choose(0, 20_000)),
            Arb.From(Gen.Choose(0, 20_000)),
            (length, cut) =>
            {
                ChecksumAlgorithm algorithm = Named(name);
                var bytes = new byte[length];
                new Random(length).NextBytes(bytes);
                cut = Math.Min(cut, length);
                ulong slow = Slow(bytes, polynomial, 8 * algorithm.Bytes);
                ulong first = Compute(algorithm, bytes.AsSpan(0, cut));
                ulong second = Compute(algorithm, bytes.AsSpan(cut));
                return Compute(algorithm, bytes) == slow && algorithm.Crc!.Combine(first, second, length - cut) == slow;
            }));

    private static ChecksumAlgorithm Named(string name) =>
        ChecksumAlgorithm.TryFind(name, out ChecksumAlgorithm? algorithm) ? algorithm : throw new ArgumentException(name, nameof(name));

    private static ulong Compute(ChecksumAlgorithm algorithm, ReadOnlySpan<byte> bytes)
    {
        using BodyDigest digest = algorithm.Begin();
        digest.Append(bytes);
        byte[] value = digest.Finish();
        return value.Length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(value) : BinaryPrimitives.ReadUInt64BigEndian(value);
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
