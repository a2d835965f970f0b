using Hutch.Client.Tar;
using Hutch.Model;
using Hutch.Model.Tar;

namespace Hutch.Client.Tests.Tar;

public sealed class BlobHeaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(8 * 1024 * 1024)]
    [InlineData(8_589_934_591)]
    public void A_header_reads_back_as_it_was_written(long size)
    {
        var header = new byte[UstarHeader.BlockBytes];
        BlobHeader.Write(header, BlobHash.Compute("x"u8), size);

        Assert.True(BlobHeader.TryRead(header, out BlobMember member));
        Assert.Equal(new BlobMember(BlobHash.Compute("x"u8), size, IsMissing: false, HasExpiredEarly: false), member);
    }

    [Fact]
    public void A_header_with_any_bit_turned_is_refused_or_reads_the_same()
    {
        var header = new byte[UstarHeader.BlockBytes];
        BlobHeader.Write(header, BlobHash.Compute("x"u8), 1234);
        for (int bit = 0; bit < header.Length * 8; bit++)
        {
            header[bit / 8] ^= (byte)(1 << (bit % 8));
            if (BlobHeader.TryRead(header, out BlobMember member))
            {
                Assert.Equal(new BlobMember(BlobHash.Compute("x"u8), 1234, IsMissing: false, HasExpiredEarly: false), member);
            }

            header[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}
