using System.Text;

namespace Hutch.Model.Tests.Identity;

public sealed class BlobHashTests
{
    [Fact]
    public void The_digits_of_a_hash_are_read_back_in_either_case()
    {
        for (int i = 0; i < 1000; i++)
        {
            BlobHash hash = BlobHash.Compute(BitConverter.GetBytes(i));
            byte[] lower = Encoding.ASCII.GetBytes(hash.ToString()), upper = Encoding.ASCII.GetBytes(hash.ToString().ToUpperInvariant());

            Assert.Equal(Convert.ToHexStringLower(hash.ToBytes()), hash.ToString());
            Assert.True(BlobHash.TryParseLower(lower, out BlobHash read) && read == hash);
            Assert.True(BlobHash.TryParse(upper, out read) && read == hash);
            Assert.False(BlobHash.TryParseLower(upper, out _));
        }
    }

    [Fact]
    public void Digits_with_any_other_byte_anywhere_are_no_hash()
    {
        byte[] digits = Encoding.ASCII.GetBytes(BlobHash.Compute([1]).ToString());
        for (int at = 0; at < BlobHash.TextLength; at++)
        {
            byte digit = digits[at];
            for (int other = 0; other < 256; other++)
            {
                digits[at] = (byte)other;
                Assert.Equal(char.IsAsciiHexDigit((char)other), BlobHash.TryParse(digits, out _));
                Assert.Equal(char.IsAsciiHexDigitLower((char)other), BlobHash.TryParseLower(digits, out _));
            }

            digits[at] = digit;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(128)]
    public void Another_number_of_digits_is_no_hash(int count) =>
        Assert.False(BlobHash.TryParse(Encoding.ASCII.GetBytes(new string('a', count)), out _));
}
