using Hutch.Model;
using Hutch.Model.Site;
using Hutch.Site.Life.Lifecycle;
using Hutch.Site.Life.Maintenance;

namespace Hutch.Site.Tests.Sites;

/// <summary>A clock that is wrong for a while ends nothing for ever.</summary>
public sealed class ClockTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_start_with_the_clock_weeks_ahead_ends_nothing_that_is_in_the_trash()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await TrashedAsync(site);

        await site.ReopenAsync(() => site.Time.Jump(TimeSpan.FromDays(40)));
        await PassAsync(site, TimeSpan.FromSeconds(6));

        SiteWarning warning = Assert.Single(await site.Site.Warnings.ReadAsync(Ct));
        Assert.Equal("clock-jumped", warning.Kind);
        Assert.Equal("The clock of this machine is 40 days ahead of the last record in the journal.", warning.Message);
        await site.ReopenAsync(() => site.Time.Jump(TimeSpan.FromDays(-40)));
        await PassAsync(site, TimeSpan.FromHours(3));
        Assert.Null((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Ended);
        Assert.True((await site.Site.Lifecycle.RestoreAsync(dataset.Id, "anna", Ct)).IsOk);
        Assert.NotNull(await site.ReadAsync(dataset.Id, "file"));
    }

    [Fact]
    public async Task Many_short_starts_with_a_wrong_clock_do_not_add_up()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await TrashedAsync(site);
        site.Time.Jump(TimeSpan.FromDays(40));

        for (int start = 0; start < 5; start++)
        {
            await site.ReopenAsync();
            await site.CreateAsync($"a-record-of-start-{start}");
            await PassAsync(site, TimeSpan.FromMinutes(50));
        }

        Assert.Null((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Ended);
    }

    [Theory]
    [InlineData(40, "jumped: it is 40 days ahead of where it was")]
    [InlineData(-40, "jumped: it is 40 days behind where it was")]
    public async Task A_jump_while_the_site_is_open_begins_the_wait_anew(int days, string words)
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await TrashedAsync(site);
        await PassAsync(site, TimeSpan.FromHours(2));
        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));

        site.Time.Jump(TimeSpan.FromDays(days));
        await PassAsync(site, TimeSpan.FromMinutes(59));

        Assert.Null((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Ended);
        SiteWarning warning = Assert.Single(await site.Site.Warnings.ReadAsync(Ct));
        Assert.Contains(words, warning.Message, StringComparison.Ordinal);
        await PassAsync(site, TimeSpan.FromMinutes(2));
        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));
        Assert.Equal(days > 0, (await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Ended is not null);
    }

    [Fact]
    public async Task After_a_stop_of_weeks_the_trash_is_emptied_once_the_clock_has_settled()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset dataset = await TrashedAsync(site);

        await site.ReopenAsync(() => site.Time.Advance(TimeSpan.FromDays(40)));
        await PassAsync(site, TimeSpan.FromMinutes(30));
        Assert.Null((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Ended);

        await PassAsync(site, TimeSpan.FromMinutes(31));
        Assert.NotNull((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Ended);
    }

    [Fact]
    public async Task The_bytes_of_transient_data_wait_too()
    {
        await using TestSite site = await TestSite.OpenAsync();
        SiteDataset transient = (await site.Site.Lifecycle.CreateAsync(
            new NewDataset { Id = new DatasetId(Guid.NewGuid()), Owner = "anna", Slug = "grid", By = "anna", TransientDays = 1 }, Ct)).Value;
        await site.PutAsync(transient.Id, "file", "bytes");
        site.Time.Advance(TimeSpan.FromHours(2));

        site.Time.Jump(TimeSpan.FromDays(40));
        await site.Site.Collector.CollectAsync(Ct);

        Assert.NotNull(await site.ReadAsync(transient.Id, "file"));
        site.Time.Advance(TimeSpan.FromHours(2));
        await site.Site.Collector.CollectAsync(Ct);
        await Assert.ThrowsAnyAsync<Exception>(() => site.ReadAsync(transient.Id, "file"));
    }

    [Fact]
    public async Task Without_a_time_to_settle_the_clock_is_believed_at_once()
    {
        await using TestSite site = await TestSite.OpenAsync(new SiteOptions { Clock = new ClockOptions { SettleMinutes = 0 } });
        SiteDataset dataset = await TrashedAsync(site);

        await site.ReopenAsync(() => site.Time.Jump(TimeSpan.FromDays(40)));
        await site.Site.Housekeeper.EndAndThinAsync(Ct);

        Assert.NotNull((await site.Site.Heads.DatasetAsync(dataset.Id, Ct)).Value.Ended);
        Assert.Empty(await site.Site.Warnings.ReadAsync(Ct));
    }

    private static async Task<SiteDataset> TrashedAsync(TestSite site)
    {
        SiteDataset dataset = await site.CreateAsync("lysozyme");
        await site.PutAsync(dataset.Id, "file", "bytes");
        return (await site.Site.Lifecycle.TrashAsync(dataset.Id, "anna", Ct)).Value;
    }

    /// <summary>Time passes, with the upkeep at the end of it and in between.</summary>
    private static async Task PassAsync(TestSite site, TimeSpan time)
    {
        for (int step = 0; step < 3; step++)
        {
            await site.Site.Housekeeper.EndAndThinAsync(Ct);
            site.Time.Advance(time / 3);
        }

        await site.Site.Housekeeper.EndAndThinAsync(Ct);
    }
}
