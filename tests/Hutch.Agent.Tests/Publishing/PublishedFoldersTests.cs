using System.Security.Cryptography;
using Hutch.Agent.Retention;
using Hutch.Datasets.Facility;
using Hutch.Model;
using Hutch.Site.Life.Maintenance;
using Hutch.Zone.Authorization;

namespace Hutch.Agent.Tests.Publishing;

/// <summary>Retention of folders that are really published.</summary>
public sealed class PublishedFoldersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_time_begins_when_acquisition_ends()
    {
        await using Facility facility = await EndedAsync("60d");

        FacilityFolder seen = facility.Status("session");

        Assert.Equal(60, (int)Math.Round((seen.KeepUntil!.Value - facility.Time.GetUtcNow()).TotalDays));
    }

    [Fact]
    public async Task Only_managers_of_the_dataset_can_extend_its_retention()
    {
        await using Facility facility = await EndedAsync("60d");
        DatasetId dataset = (await facility.DatasetAsync("session")).Id;
        DateTimeOffset until = facility.Time.GetUtcNow() + TimeSpan.FromDays(200);
        Caller anna = await facility.UserAsync("anna");

        var service = new FacilityService(facility.Zone.Authorizer, new SharedFacility(facility.Folders, others: null));

        Result<FacilityRetention> refused = await service.KeepAsync(anna, dataset, until, Ct);
        _ = (await service.KeepAsync(await facility.AdminAsync(), dataset, until, Ct)).Value;
        await facility.Agent.Retention.CheckAllAsync(Ct);

        Assert.Equal(ErrorCode.NotFound, refused.Error!.Code);
        Assert.Equal(until, facility.Status("session").KeepUntil);
    }

    [Fact]
    public async Task What_an_operator_writes_into_the_block_counts_and_stays()
    {
        await using Facility facility = await EndedAsync("60d");
        facility.Write("session", "SPA.yml", facility.Metadata("session") + "  DeniedProviders: [primary]\n  RemovingTime: never\n");

        await facility.LookAsync("session", "session");
        await facility.Agent.Retention.CheckAllAsync(Ct);

        Assert.Null(facility.Status("session").KeepUntil);
        Assert.EndsWith("  DeniedProviders: [primary]\n  RemovingTime: never\n", facility.Metadata("session"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_the_end_nothing_is_removed_and_the_operator_hears_why()
    {
        await using Facility facility = await EndedAsync("60d", evict: true, close: true);
        facility.Time.Ahead += TimeSpan.FromDays(61);
        await facility.LookAsync("session");
        await facility.Agent.Retention.CheckAllAsync(Ct);

        SiteWarning warning = facility.Agent.Retention.Warning()!;
        Assert.Contains("This server cannot speak with other sites", warning.Message, StringComparison.Ordinal);
        Assert.Equal("1", File.ReadAllText(facility.PathOf("session", "x")));
        Assert.Contains("DataId", facility.Metadata("session"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_came_after_the_snapshot_speaks_against_it()
    {
        await using Facility facility = await EndedAsync("60d", evict: true, close: true);
        facility.Write("session", "late", "1");

        facility.Time.Ahead += TimeSpan.FromDays(61);
        await facility.LookAsync("session");
        await facility.Agent.Retention.CheckAllAsync(Ct);

        Assert.Contains("differs from the last snapshot", facility.Agent.Retention.Warning()!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_restores_the_file_of_an_interrupted_removal_even_when_no_site_holds_a_copy()
    {
        await using Facility facility = await EndedAsync("60d", evict: true, close: true);
        DatasetId dataset = (await facility.DatasetAsync("session")).Id;
        using (var store = new RetentionStore(facility.Site.Settings))
        {
            Assert.True((await store.UpdateAsync(
                dataset, state => state with { Removing = facility.Time.GetUtcNow() }, "test", null, Ct)).IsOk);
        }

        string aside = ".hutch-removing-" + Convert.ToHexStringLower(SHA256.HashData("x"u8))[..16];
        File.Move(facility.PathOf("session", "x"), facility.PathOf("session", aside));

        await facility.RestartAsync();
        await facility.LookAsync("session");
        await facility.Agent.Retention.CheckAllAsync(Ct);

        Assert.Equal("1", File.ReadAllText(facility.PathOf("session", "x")));
        Assert.False(File.Exists(facility.PathOf("session", aside)));
        Assert.DoesNotContain(
            "removing", await facility.Site.Settings.FindAsync(dataset, RetentionState.SettingName, Ct), StringComparison.Ordinal);
    }

    private static async Task<Facility> EndedAsync(string keep, bool evict = false, bool close = false)
    {
        Facility facility = await Facility.OpenAsync(
            parent => new WatchedFolderOptions { Watch = parent, Keep = keep, Evict = evict, Close = close });
        facility.Write("session", ".running", "");
        facility.Write("session", "x", "1");
        facility.Drop("session");
        await facility.LookAsync("session");
        File.Delete(facility.PathOf("session", ".running"));
        await facility.LookAsync("session");
        await facility.HashAsync();
        await facility.LookAsync("session");
        await facility.Agent.Retention.CheckAllAsync(Ct);
        return facility;
    }
}
