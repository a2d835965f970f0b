using System.Text.Json;
using Hutch.Agent.Retention;
using Hutch.Agent.Retention.Eviction;
using Hutch.Model;
using Hutch.Zone.Authorization;

namespace Hutch.Agent.Tests.Retention;

public sealed class RetentionRunnerTests
{
    private static readonly string[] WholeTale =
    [
        "The files of admin/session stay at the facility until 2027-01-19 08:00",
        "The files of admin/session stay at the facility until 2027-01-19 08:00",
        "The files of admin/session stay at the facility until 2027-01-19 08:00",
        "The retention time of admin/session is over",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_gets_each_reminder_and_the_end_once_across_restarts()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller owner = await host.Zone.AdminAsync();
        await host.PublishAsync(owner, Rules.From("60d"));

        for (int day = 0; day < 80; day++)
        {
            await host.LookAfterAsync(days: 1);
            host.Restart();
            await host.Runner.CheckAllAsync(Ct);
        }

        Assert.Equal(WholeTale, await host.ToldAsync(owner));
        Assert.Equal(4, (await host.Zone.AuditAsync()).Count(line => line.Contains("dataset.notice", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Readers_of_events_get_each_reminder_and_the_end_once()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        PublishedFolder folder = await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d"));

        for (int day = 0; day < 80; day++)
        {
            await host.LookAfterAsync(days: 1);
        }

        string[] told =
        [
            .. (await host.Site.Records.ReadAsync(queries => queries.Events(0, folder.Dataset, 100), Ct))
                .Where(happened => happened.Kind == "retention.told").Select(happened => happened.Data),
        ];
        Assert.Equal(["30d", "7d", "1d", null], told.Select(Before));
        Assert.All(told, data => Assert.Contains("2027-01-19T08:00", data, StringComparison.Ordinal));

        static string? Before(string data)
        {
            using var record = JsonDocument.Parse(data);
            return record.RootElement.TryGetProperty("before", out JsonElement before) ? before.GetString() : null;
        }
    }

    [Fact]
    public async Task What_was_said_before_a_stop_is_not_said_again_though_it_was_not_remembered()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller owner = await host.Zone.AdminAsync();
        PublishedFolder folder = await host.PublishAsync(owner, Rules.From("60d"));
        await host.Runner.CheckAllAsync(Ct);
        string? before = await host.SettingAsync(folder);

        await host.LookAfterAsync(days: 55);
        Assert.True((await host.Site.Settings.SetAsync(folder.Dataset, RetentionState.SettingName, before, "test", Ct)).IsOk);
        await host.LookAfterAsync(days: 1);

        Assert.Single(await host.ToldAsync(owner));
        Assert.NotEqual(before, await host.SettingAsync(folder));
    }

    [Fact]
    public async Task After_a_long_gap_between_checks_the_owner_gets_one_reminder_and_one_final_notice()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller owner = await host.Zone.AdminAsync();
        await host.PublishAsync(owner, Rules.From("60d"));
        await host.Runner.CheckAllAsync(Ct);

        await host.LookAfterAsync(days: 58);
        await host.LookAfterAsync(days: 1000);

        Assert.Equal([WholeTale[0], WholeTale[3]], await host.ToldAsync(owner));
    }

    [Fact]
    public async Task A_clock_that_is_wrong_by_years_loses_no_reminder_and_repeats_none()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller owner = await host.Zone.AdminAsync();
        await host.PublishAsync(owner, Rules.From("60d"));
        await host.Runner.CheckAllAsync(Ct);

        await host.LookAfterAsync(days: -4000);
        await host.LookAfterAsync(days: 4000 + 30);
        await host.LookAfterAsync(days: 4000);
        await host.LookAfterAsync(days: -4000);
        for (int day = 31; day < 80; day++)
        {
            await host.LookAfterAsync(days: 1);
        }

        // The owner was notified of the end while the clock was ahead, and not again at the real end.
        Assert.Equal([WholeTale[0], WholeTale[3], WholeTale[1], WholeTale[2]], await host.ToldAsync(owner));
    }

    [Fact]
    public async Task What_was_over_when_it_was_first_seen_is_shown_and_not_mailed()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller owner = await host.Zone.AdminAsync();
        for (int i = 0; i < 5; i++)
        {
            PublishedFolder folder = await host.PublishAsync(owner, Rules.From("60d"), $"old-{i}");
            host.Change(folder, known => known with { AcquisitionEnded = Rules.Ended.AddYears(-3) });
        }

        await host.Runner.CheckAllAsync(Ct);
        await host.LookAfterAsync(days: 1);

        Assert.Empty(await host.ToldAsync(owner));
        Assert.Equal(5, host.Runner.Status.Count(status => status.Reading.IsOver));
        Assert.Contains("The retention time of 5 folders is over: ", host.Runner.Warning()?.Message, StringComparison.Ordinal);
        Assert.EndsWith("/old-2', …. Hutch removes nothing here: 'evict' is off for this folder.", host.Runner.Warning()?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_set_by_an_operator_is_reported_and_a_request_to_keep_the_files_clears_the_warning()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller owner = await host.Zone.AdminAsync();
        PublishedFolder folder = await host.PublishAsync(owner, Rules.From(keep: null));
        await host.Runner.CheckAllAsync(Ct);
        Assert.Null(host.Runner.Warning());

        host.Change(folder, known => known with { Removal = new RemovalRequest(true, new RemovingTime(RemovingKind.Now)) });
        await host.Runner.CheckAllAsync(Ct);
        Assert.Equal([WholeTale[3]], await host.ToldAsync(owner));
        Assert.NotNull(host.Runner.Warning());

        host.Change(folder, known => known with { Removal = new RemovalRequest(true, new RemovingTime(RemovingKind.Never)) });
        await host.Runner.CheckAllAsync(Ct);
        Assert.Null(host.Runner.Warning());
    }

    [Fact]
    public async Task People_named_in_the_metadata_also_get_the_reminders()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller owner = await host.Zone.AdminAsync();
        PublishedFolder folder = await host.PublishAsync(owner, Rules.From("60d"));
        host.Change(folder, known => known with { Addresses = ["ada@example.org", "no address"] });
        await host.Runner.CheckAllAsync(Ct);

        await host.LookAfterAsync(days: 31);

        Assert.Contains(
            await host.Zone.AuditAsync(), line => line.EndsWith("retention-reminder to 2, not to 1 that are no addresses", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_folder_that_cannot_be_looked_at_keeps_no_other_from_it()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller owner = await host.Zone.AdminAsync();
        PublishedFolder broken = await host.PublishAsync(owner, Rules.From("60d"), "broken");
        await host.PublishAsync(owner, Rules.From("60d"));
        Assert.True((await host.Site.Settings.SetAsync(broken.Dataset, RetentionState.SettingName, "{", "test", Ct)).IsOk);
        await host.Runner.CheckAllAsync(Ct);

        await host.LookAfterAsync(days: 31);

        Assert.Equal([WholeTale[0]], await host.ToldAsync(owner));
        Assert.Equal("{", await host.SettingAsync(broken));
    }

    [Fact]
    public async Task Other_sites_are_asked_only_where_the_rule_allows_that_files_leave_and_they_could()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller owner = await host.Zone.AdminAsync();
        await host.PublishAsync(owner, Rules.From("60d"), "stays");
        await host.LookAfterAsync(days: 61);
        Assert.Equal((0, 0), host.Count);

        await host.PublishAsync(owner, Rules.From("60d", evict: true), "leaves");
        host.Contents = host.Contents with { UnhashedFiles = 1 };
        await host.LookAfterAsync(days: 61);
        Assert.Equal((1, 0), host.Count);

        host.Contents = host.Contents with { UnhashedFiles = 0 };
        await host.Runner.CheckAllAsync(Ct);
        Assert.Equal((2, 1), host.Count);
    }

    [Fact]
    public async Task When_the_other_sites_cannot_be_asked_the_files_stay()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        PublishedFolder folder = await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d", evict: true));
        host.Holders = () => throw new IOException("no route to host");

        await host.LookAfterAsync(days: 61);

        Assert.Equal("Hutch removes nothing here: the other sites could not be asked: no route to host.", Single(host, folder).Decision?.Reason);
    }

    [Fact]
    public async Task Files_are_removed_once_after_other_sites_hold_them_and_the_owner_got_the_notice()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        Caller owner = await host.Zone.AdminAsync();
        PublishedFolder folder = await host.PublishAsync(owner, Rules.From("60d", evict: true));
        await host.Runner.CheckAllAsync(Ct);

        await host.LookAfterAsync(days: 61);
        string? waits = Single(host, folder).Decision?.Reason;
        int removedTooEarly = host.Removed.Count;
        host.Holders = Held;
        await host.Runner.CheckAllAsync(Ct);
        host.Restart();
        await host.LookAfterAsync(days: 1);
        HutchError? refused = (await host.Service.ExtendAsync(folder.Dataset, null, "admin", Ct)).Error;

        Assert.Equal("Hutch removes nothing here: other sites are reading their copies again, and at least 2 must hold one.", waits);
        Assert.Equal(0, removedTooEarly);
        Assert.Equal([folder.Dataset], host.Removed);
        Assert.Equal(WholeTale[3], (await host.ToldAsync(owner))[^1]);
        Assert.Null(host.Runner.Warning());
        Assert.Equal("The files of this dataset are no longer at the facility.", refused?.Message);
    }

    [Fact]
    public async Task A_removal_that_fails_is_done_again()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        PublishedFolder folder = await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d", evict: true));
        await host.LookAfterAsync(days: 61);
        host.Holders = Held;
        host.Removing = static () => throw new IOException("stale file handle");

        await host.Runner.CheckAllAsync(Ct);
        Assert.Empty(host.Removed);
        host.Removing = static () => { };
        host.Restart();
        await host.Runner.CheckAllAsync(Ct);

        Assert.Equal([folder.Dataset], host.Removed);
    }

    [Theory]
    [InlineData("recalled")]
    [InlineData("never")]
    [InlineData("evict off")]
    public async Task An_interrupted_removal_restores_its_file_when_the_files_must_stay(string why)
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        PublishedFolder folder = await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d", evict: true));
        await host.LookAfterAsync(days: 61);
        host.Holders = Held;
        host.Removing = static () => throw new IOException("stale file handle");
        await host.Runner.CheckAllAsync(Ct);
        int whileAllowed = host.GivenBack;

        host.Restart();
        host.Holders = why == "recalled" ? () => new HoldersAnswer(HoldersState.Ending, [], []) : Held;
        host.Change(folder, known => why switch
        {
            "never" => known with { Removal = new RemovalRequest(true, new RemovingTime(RemovingKind.Never)) },
            "evict off" => known with { Rule = Rules.From("60d") },
            _ => known,
        });
        await host.Runner.CheckAllAsync(Ct);
        await host.Runner.CheckAllAsync(Ct);

        Assert.Equal((0, 1), (whileAllowed, host.GivenBack));
        Assert.Empty(host.Removed);
    }

    [Fact]
    public async Task An_interrupted_removal_restores_its_file_when_the_removal_is_refused()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d", evict: true));
        await host.LookAfterAsync(days: 61);
        host.Holders = Held;
        host.Removing = static () => throw new IOException("stale file handle");
        await host.Runner.CheckAllAsync(Ct);

        host.Refusing = static () => throw ErrorCode.Conflict.With("in the trash").ToException();
        await host.Runner.CheckAllAsync(Ct);
        await host.Runner.CheckAllAsync(Ct);

        Assert.Equal(1, host.GivenBack);
        Assert.Empty(host.Removed);
    }

    [Fact]
    public async Task Once_the_owner_keeps_the_files_the_agent_stops_asking_other_sites_for_holds()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        PublishedFolder folder = await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d", evict: true));
        await host.LookAfterAsync(days: 61);
        Assert.Contains(folder.Dataset, host.Asked);

        Assert.True((await host.Service.ExtendAsync(folder.Dataset, null, "admin", Ct)).IsOk);
        host.Holders = Held;
        await host.Runner.CheckAllAsync(Ct);

        Assert.DoesNotContain(folder.Dataset, host.Asked);
        Assert.Empty(host.Removed);
    }

    [Fact]
    public async Task Where_the_rule_does_not_allow_it_no_file_is_ever_removed()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        PublishedFolder folder = await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d"));
        host.Change(folder, known => known with { Removal = new RemovalRequest(true, new RemovingTime(RemovingKind.Now)) });
        host.Asked.Add(folder.Dataset);
        host.Holders = Held;

        foreach (int days in (int[])[1, 61, -4000, 8000, 1])
        {
            await host.LookAfterAsync(days);
        }

        Assert.Empty(host.Removed);
        Assert.Equal("Hutch removes nothing here: 'evict' is off for this folder.", Single(host, folder).Decision?.Reason);
    }

    [Fact]
    public async Task While_other_sites_are_asked_it_looks_every_few_seconds_and_not_at_the_files()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        PublishedFolder folder = await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d", evict: true));
        host.Time.Advance(TimeSpan.FromDays(61));
        Task running = host.Runner.RunAsync(stop.Token);
        await UntilAsync(() => host.Runner.Status.Count == 1);

        host.Holders = Held;
        await UntilAsync(() =>
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            return host.Removed.Count == 1;
        });

        Assert.Equal((1, 1), host.Count);
        Assert.Equal([folder.Dataset], host.Removed);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task It_looks_every_hour_and_when_it_is_woken()
    {
        await using RetentionHost host = await RetentionHost.OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d"));
        Task running = host.Runner.RunAsync(stop.Token);
        await UntilAsync(() => host.Runner.Status.Count == 1);

        await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d"), "second");
        host.Runner.Wake();
        await UntilAsync(() => host.Runner.Status.Count == 2);
        await host.PublishAsync(await host.Zone.AdminAsync(), Rules.From("60d"), "third");
        await UntilAsync(() =>
        {
            host.Time.Advance(TimeSpan.FromMinutes(20));
            return host.Runner.Status.Count == 3;
        });

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static HoldersAnswer Held() => new(HoldersState.Held, ["brno", "praha"], []);

    private static RetentionStatus Single(RetentionHost host, PublishedFolder folder) =>
        host.Runner.Status.Single(status => status.Folder.Dataset == folder.Dataset);

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Yield();
            Ct.ThrowIfCancellationRequested();
        }
    }
}
