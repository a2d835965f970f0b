using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Replication.Evicting;
using Hutch.Site.Tests.Sites;

namespace Hutch.Site.Tests.Copies;

/// <summary>Reading a dataset anew, for a home that is to rely on it.</summary>
public sealed class AttesterTests
{
    private static readonly BlobHash Nonce = BlobHash.Compute("a number"u8);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The system's memory still has what the disk has lost: whoever reads gets it, and nobody else would know.</summary>
    [Theory]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task Bytes_that_are_right_in_memory_only_are_not_attested(int length)
    {
        var disk = new RottenDisk();
        await using TestSite site = await TestSite.OpenAsync(disk: disk);
        SiteDataset dataset = await site.CreateAsync("rotten");
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        Assert.True((await site.PutAsync(dataset.Id, "a.bin", bytes)).IsOk);
        Assert.True((await site.Site.Lifecycle.CloseAsync(dataset.Id, "anna", null, Ct)).IsOk);
        Result<Attested> before = await site.Site.Attester.ReadAsync(dataset.Id, Nonce, Ct);

        disk.IsRotten = true;
        byte[]? read = await site.ReadAsync(dataset.Id, "a.bin");
        Result<Attested> after = await site.Site.Attester.ReadAsync(dataset.Id, Nonce, Ct);

        Assert.True(before.IsOk, before.Error?.Message);
        Assert.Equal(bytes, read);
        Assert.Equal(ErrorCode.Quarantined, after.Error?.Code);
    }

    /// <summary>A disk whose large parts have lost a bit each, which shows once the system's memory has forgotten them.</summary>
    private sealed class RottenDisk() : WrappedDisk(LocalDisk.Instance)
    {
        private const int LargeBytes = 50_000;

        public volatile bool IsRotten;

        public override IDiskFile Open(string path, DiskAccess access) => new RottenFile(base.Open(path, access), this);

        private sealed class RottenFile(IDiskFile inner, RottenDisk disk) : WrappedFile(inner)
        {
            private long _forgotten = -1;

            public override void DropCached(long offset, long length)
            {
                base.DropCached(offset, length);
                Volatile.Write(ref _forgotten, disk.IsRotten ? offset : -1);
            }

            public override int Read(Span<byte> destination, long offset)
            {
                int read = base.Read(destination, offset);
                if (read >= LargeBytes && Volatile.Read(ref _forgotten) == offset)
                {
                    destination[read / 2] ^= 1;
                }

                return read;
            }
        }
    }
}
