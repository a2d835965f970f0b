using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Site;

namespace Hutch.Datasets.Tests.Sites;

/// <summary>Bytes that the disk has damaged: named as damaged, never served, kept for repair, healed by a good copy.</summary>
public sealed class DamageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(5000)]
    [InlineData(3 << 20)]
    public async Task A_damaged_file_says_so_until_it_is_uploaded_again(int length)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await site.CreateAsync("set");
        byte[] content = RandomNumberGenerator.GetBytes(length);
        await site.PutAsync(dataset.Id, "file", content);
        await site.PutAsync(dataset.Id, "other", "is well");
        await site.Site.Segments.SealAsync(Ct);
        Damage(Path.Combine(site.Folder, "segments"), content);

        await AssertDamagedAsync(site, dataset.Id);
        await AssertDamagedAsync(site, dataset.Id);
        await site.ReopenAsync();
        await AssertDamagedAsync(site, dataset.Id);
        await site.Site.Collector.CollectAsync(Ct);
        await AssertDamagedAsync(site, dataset.Id);
        Assert.Equal("is well"u8.ToArray(), await site.ReadAsync(dataset.Id, "other"));

        if (length < 1 << 20)
        {
            await site.PutAsync(dataset.Id, "file", content);
            Assert.Equal(content, await site.ReadAsync(dataset.Id, "file"));
        }
    }

    private static async Task AssertDamagedAsync(TestSite site, DatasetId dataset)
    {
        HutchException e = await Assert.ThrowsAsync<HutchException>(() => site.ReadAsync(dataset, "file"));
        Assert.Equal(ErrorCode.Quarantined, e.Error.Code);
    }

    private static void Damage(string segments, byte[] content)
    {
        foreach (string path in Directory.EnumerateFiles(segments, "*.tar"))
        {
            byte[] bytes = File.ReadAllBytes(path);
            int at = bytes.AsSpan().IndexOf(content.AsSpan(0, 1000));
            if (at >= 0)
            {
                bytes[at + 500] ^= 1;
                File.WriteAllBytes(path, bytes);
                return;
            }
        }

        Assert.Fail("The content is in no segment.");
    }
}
