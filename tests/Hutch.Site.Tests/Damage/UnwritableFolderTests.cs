using System.Security.Cryptography;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Tests.Sites;

namespace Hutch.Site.Tests.Damage;

/// <summary>A folder of segments in which the server may not write: said at the start, and by each write, with the reason.</summary>
public sealed class UnwritableFolderTests
{
    [Fact]
    public async Task A_start_is_refused_with_words()
    {
        IOException refusal = await Assert.ThrowsAsync<IOException>(() => TestSite.OpenAsync(disk: new DenyingDisk { IsDenied = true }));

        Assert.Contains("The server cannot write to '", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Permission denied", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(3 << 20)]
    public async Task A_write_is_refused_with_words_and_nothing_is_changed(int length)
    {
        var disk = new DenyingDisk();
        await using TestSite site = await TestSite.OpenAsync(disk: disk);
        SiteDataset dataset = await site.CreateAsync("set");
        await site.PutAsync(dataset.Id, "before", "before");
        await site.Site.Segments.SealAsync(TestSite.Ct);
        disk.IsDenied = true;

        // A large body is refused as it comes in, a small one by the commit.
        HutchError? refusal = length > 300 ? await ReceiveAsync(site, length) : (await site.PutAsync(dataset.Id, "file", new byte[length])).Error;

        Assert.Equal(ErrorCode.Unavailable, refusal?.Code);
        Assert.Contains("Permission denied", refusal?.Message, StringComparison.Ordinal);
        Assert.Matches("Nothing was (stored|changed)", refusal?.Message);
        disk.IsDenied = false;
        Assert.True((await site.PutAsync(dataset.Id, "file", "after")).IsOk);
        Assert.Equal("before"u8.ToArray(), await site.ReadAsync(dataset.Id, "before"));
    }

    private static async Task<HutchError?> ReceiveAsync(TestSite site, int length) => (await site.Site.Intake.ReceiveAsync(
        System.IO.Pipelines.PipeReader.Create(new MemoryStream(RandomNumberGenerator.GetBytes(length))), length, Storage.Lane.Main, TestSite.Ct)).Error;

    private sealed class DenyingDisk() : WrappedDisk(LocalDisk.Instance)
    {
        public bool IsDenied { get; set; }

        public override IDiskFile Open(string path, DiskAccess access) => IsDenied && access == DiskAccess.CreateNew
            ? throw new IOException($"Cannot open '{path}': Permission denied.", 13)
            : base.Open(path, access);
    }
}
