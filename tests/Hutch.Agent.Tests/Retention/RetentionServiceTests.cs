using Hutch.Agent.Retention;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Agent.Tests.Retention;

public sealed class RetentionServiceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_owner_keeps_the_files_longer_and_can_take_it_back()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller ada = await host.Zone.UserAsync("ada");
        PublishedFolder folder = await host.PublishAsync(ada, Rules.From("60d"));

        Assert.Equal(Rules.Ended.AddDays(90), (await host.Service.ExtendAsync(folder.Dataset, Rules.Ended.AddDays(90), "ada", Ct)).Value.End);
        Assert.Null((await host.Service.ExtendAsync(folder.Dataset, null, "ada", Ct)).Value.End);
        Assert.Equal(Rules.Ended.AddDays(60), (await host.Service.ExtendAsync(folder.Dataset, Rules.Ended.AddDays(60), "ada", Ct)).Value.End);
        Assert.Equal(Rules.Ended.AddDays(60), (await host.Service.FindAsync(folder.Dataset, Ct)).Value.End);
        Assert.Contains("\"keptBy\":\"ada\"", await host.SettingAsync(folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sent_reminders_stay_recorded_when_the_owner_sets_another_end()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller ada = await host.Zone.UserAsync("ada");
        PublishedFolder folder = await host.PublishAsync(ada, Rules.From("60d"));
        await host.Runner.CheckAllAsync(Ct);
        await host.LookAfterAsync(days: 31);

        await host.Service.ExtendAsync(folder.Dataset, Rules.Ended.AddDays(60), "ada", Ct);

        Assert.Contains("\"reminded\":", await host.SettingAsync(folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, "2026-11-19 08:00 UTC is in the past: give a later time.")]
    [InlineData(59, "The files of this dataset are kept until 2027-01-19 08:00 UTC already: give a later time.")]
    [InlineData(81, "The files of this dataset can be kept until 2027-02-08 08:00 UTC at the latest ('maxKeep' is 80d): give an earlier time.")]
    [InlineData(null, "The files of this dataset can be kept until 2027-02-08 08:00 UTC at the latest ('maxKeep' is 80d): give an earlier time.")]
    [InlineData(80, null)]
    [InlineData(60, null)]
    public async Task A_time_that_is_no_extension_is_refused(int? day, string? message)
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller ada = await host.Zone.UserAsync("ada");
        PublishedFolder folder = await host.PublishAsync(ada, Rules.From("60d", maxKeep: "80d"));

        Result<RetentionReading> extended = await host.Service.ExtendAsync(
            folder.Dataset, day is int count ? Rules.Ended.AddDays(count) : null, "ada", Ct);

        Assert.Equal(message, extended.Error?.Message);
        Assert.Equal(message is null, await host.SettingAsync(folder) is not null);
    }

    [Fact]
    public async Task After_the_end_only_a_time_that_is_to_come_extends_it()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        PublishedFolder folder = await host.PublishAsync(await host.Zone.UserAsync("ada"), Rules.From("60d"));
        await host.LookAfterAsync(days: 70);
        Caller admin = await host.Zone.AdminAsync();

        Assert.Equal(
            "2027-01-24 08:00 UTC is in the past: give a later time.",
            (await host.Service.ExtendAsync(folder.Dataset, Rules.Ended.AddDays(65), "admin", Ct)).Error?.Message);
        Assert.True((await host.Service.ExtendAsync(folder.Dataset, Rules.Ended.AddDays(71), "admin", Ct)).IsOk);
    }

    [Fact]
    public async Task What_has_no_end_or_is_no_longer_there_cannot_be_extended()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller ada = await host.Zone.UserAsync("ada");
        PublishedFolder stays = await host.PublishAsync(ada, Rules.From(keep: null), "stays");
        PublishedFolder gone = await host.PublishAsync(ada, Rules.From("60d"), "gone");
        host.Change(gone, known => known with { Removal = new RemovalRequest(true, new RemovingTime(RemovingKind.Removed)) });
        NameRecord elsewhere = await host.Zone.DatasetAsync(ada, "elsewhere");

        Assert.Equal(
            "The files of this dataset are kept without a time limit, so there is nothing to extend.",
            (await host.Service.ExtendAsync(stays.Dataset, null, "ada", Ct)).Error?.Message);
        Assert.Equal(ErrorCode.Gone, (await host.Service.ExtendAsync(gone.Dataset, null, "ada", Ct)).Error?.Code);
        Assert.Equal(ErrorCode.Gone, (await host.Service.FindAsync(gone.Dataset, Ct)).Error?.Code);
        Assert.Equal(
            "The files of this dataset are in no folder that the agent watches.",
            (await host.Service.ExtendAsync(elsewhere.Dataset, null, "ada", Ct)).Error?.Message);
    }

    [Fact]
    public async Task The_retention_can_already_be_extended_during_acquisition()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller ada = await host.Zone.UserAsync("ada");
        PublishedFolder folder = await host.PublishAsync(ada, Rules.From("60d", maxKeep: "80d"), isRunning: true);

        Assert.Equal(ErrorCode.BadRequest, (await host.Service.ExtendAsync(folder.Dataset, Rules.Ended.AddDays(81), "ada", Ct)).Error?.Code);
        Assert.Null((await host.Service.ExtendAsync(folder.Dataset, Rules.Ended.AddDays(75), "ada", Ct)).Value.End);

        host.Change(folder, known => known with { AcquisitionEnded = Rules.Ended.AddDays(1) });
        Assert.Equal(Rules.Ended.AddDays(75), (await host.Service.FindAsync(folder.Dataset, Ct)).Value.End);
    }
}
