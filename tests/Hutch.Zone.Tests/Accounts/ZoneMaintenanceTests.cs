using Hutch.Zone.Authorization;

namespace Hutch.Zone.Tests.Accounts;

public sealed class ZoneMaintenanceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_is_made_at_once_then_every_hour_in_which_something_changed()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        using var stop = new CancellationTokenSource();
        Task running = zone.Services.Upkeep.RunAsync(stop.Token);
        await UntilAsync(() => CopiesOf(zone) == 1);

        await AdvanceAsync(zone, TimeSpan.FromMinutes(61));
        Assert.Equal(1, CopiesOf(zone));

        await zone.UserAsync("ada");
        await AdvanceAsync(zone, TimeSpan.FromMinutes(61));
        await UntilAsync(() => CopiesOf(zone) == 2);

        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task The_last_uses_are_noted_every_minute_and_at_the_end()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        using var stop = new CancellationTokenSource();
        Task running = zone.Services.Upkeep.RunAsync(stop.Token);
        Caller admin = await zone.AdminAsync();
        await AdvanceAsync(zone, TimeSpan.FromMinutes(2));
        await UntilAsync(() => LastUse(zone, admin) is not null);

        await zone.AdminAsync();
        await stop.CancelAsync();
        await running;

        Assert.Equal(zone.Time.GetUtcNow(), LastUse(zone, admin));
    }

    [Fact]
    public async Task A_failing_copy_does_not_end_the_maintenance()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        string folder = Path.Combine(zone.Folder, "zone-copies");
        await File.WriteAllTextAsync(folder, "a file where the folder should be", Ct);
        using var stop = new CancellationTokenSource();
        Task running = zone.Services.Upkeep.RunAsync(stop.Token);
        await AdvanceAsync(zone, TimeSpan.FromMinutes(3));
        Assert.False(running.IsCompleted);

        File.Delete(folder);
        await AdvanceAsync(zone, TimeSpan.FromMinutes(2));
        await UntilAsync(() => CopiesOf(zone) == 1);

        await stop.CancelAsync();
        await running;
    }

    private static int CopiesOf(TestZone zone)
    {
        string folder = Path.Combine(zone.Folder, "zone-copies");
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "zone-2*.db").Length : 0;
    }

    private static DateTimeOffset? LastUse(TestZone zone, Caller admin)
    {
        ValueTask<Model.Result<IReadOnlyList<Model.Zone.TokenRecord>>> list = zone.Tokens.ListAsync(admin, null, 10, Ct);
        return list.IsCompletedSuccessfully ? list.Result.Value[0].LastUsedAt : null;
    }

    /// <summary>Moves the clock minute by minute, and lets the loop take each one.</summary>
    private static async Task AdvanceAsync(TestZone zone, TimeSpan by)
    {
        for (TimeSpan done = TimeSpan.Zero; done < by; done += TimeSpan.FromMinutes(1))
        {
            zone.Time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        while (!reached())
        {
            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
