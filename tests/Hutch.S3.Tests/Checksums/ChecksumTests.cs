using System.Text;
using Hutch.S3.Checksums;

namespace Hutch.S3.Tests.Checksums;

public sealed class ChecksumTests
{
    [Theory]
    [InlineData("CRC32", "CBF43926")]
    [InlineData("CRC32C", "E3069283")]
    [InlineData("CRC64NVME", "AE8B14860A799888")]
    [InlineData("SHA1", "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    [InlineData("SHA256", "15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225")]
    public void The_check_value_of_nine_digits_is_the_published_one(string name, string expected)
    {
        Assert.True(ChecksumAlgorithm.TryFind(name, out ChecksumAlgorithm? algorithm));
        using BodyDigest digest = algorithm.Begin();
        digest.Append("123456789"u8);

        Assert.Equal(expected, Convert.ToHexString(digest.Finish()));
    }

    [Fact]
    public void A_digest_is_the_same_however_the_bytes_are_cut()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 3000)));
        foreach (ChecksumAlgorithm algorithm in ChecksumAlgorithm.All)
        {
            using BodyDigest whole = algorithm.Begin();
            whole.Append(bytes);
            byte[] expected = whole.Finish();
            foreach (int cut in (int[])[1, 7, 8, 9, 64, 4096])
            {
                using BodyDigest parts = algorithm.Begin();
                for (int at = 0; at < bytes.Length; at += cut)
                {
                    parts.Append(bytes.AsSpan(at, Math.Min(cut, bytes.Length - at)));
                }

                Assert.Equal(expected, parts.Finish());
            }
        }
    }
}
