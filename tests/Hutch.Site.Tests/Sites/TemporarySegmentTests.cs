using System.Security.Cryptography;
using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;
using Hutch.Storage;

namespace Hutch.Site.Tests.Sites;

/// <summary>Temporary data as they lie in segments: what only the embedded engine has.</summary>
public sealed class TemporarySegmentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_in_open_segments_stay_even_above_the_limit_of_temporary_data()
    {
        await using TestSite site = await TestSite.OpenAsync(new SiteOptions
        {
            Segments = new SegmentOptions { ReserveBytes = 1 << 20, SegmentBytes = 1 << 20 },
            Lifecycle = new LifecycleOptions { MaxTemporaryBytes = 4 << 20 },
        });
        var expected = new List<(SiteDataset Dataset, byte[] Content)>();
        for (int day = 1; day <= 8; day++)
        {
            SiteDataset dataset = await CreateAsync(site, $"day-{day}", day);
            expected.Add((dataset, RandomNumberGenerator.GetBytes(900_000)));
            Assert.True((await site.PutAsync(dataset.Id, "open", expected[^1].Content)).IsOk);
        }

        EarlyExpired made = await site.Site.TemporaryDataLimit.CheckAsync(Ct);

        Assert.Equal(new EarlyExpired(0, 0), made);
        foreach ((SiteDataset dataset, byte[] content) in expected)
        {
            Assert.Equal(content, await site.ReadAsync(dataset.Id, "open"));
        }

        site.Time.Advance(TimeSpan.FromMinutes(11));
        await site.Site.TemporaryDataLimit.CheckAsync(Ct);
        Assert.Contains(await site.Site.Warnings.ReadAsync(Ct), static warning => warning.Kind == "temporary-over-limit");
    }

    [Fact]
    public async Task What_was_kept_and_then_purged_is_in_no_file_of_the_store()
    {
        byte[] small = RandomNumberGenerator.GetBytes(5000), large = RandomNumberGenerator.GetBytes(5 << 20);
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await CreateAsync(site);
        SiteDataset other = await CreateAsync(site, "other");
        await site.PutAsync(dataset.Id, "small", small);
        await site.PutAsync(dataset.Id, "large", large);
        await site.PutAsync(other.Id, "stays", "stays");
        await site.Site.Keeper.KeepAsync(dataset.Id, "anna", Ct);

        SiteDataset purged = (await site.Site.Lifecycle.PurgeAsync(dataset.Id, "by law", "anna", Ct)).Value;
        CollectionReport report = await site.Site.Collector.CollectPurgedAsync(purged, Ct);

        Assert.Equal(0, report.LeftSegments);
        Assert.All(Directory.GetFiles(Path.Combine(site.Folder, "segments"), "*.tar"), file =>
        {
            byte[] bytes = File.ReadAllBytes(file);
            Assert.True(bytes.AsSpan().IndexOf(small.AsSpan(0, 100)) < 0, file);
            Assert.True(bytes.AsSpan().IndexOf(large.AsSpan(0, 100)) < 0, file);
        });
        Assert.Equal("stays"u8.ToArray(), await site.ReadAsync(other.Id, "stays"));
    }

    private static async Task<SiteDataset> CreateAsync(TestSite site, string slug = "grid", int days = 1) => (await site.Site.Lifecycle.CreateAsync(
        new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = slug, By = "anna", TransientDays = days }, Ct)).Value;
}
