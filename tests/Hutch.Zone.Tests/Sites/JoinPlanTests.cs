using System.Globalization;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Zone.Replication.Sites;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Sites;

public sealed class JoinPlanTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_join_plan_names_the_missing_account_beyond_the_maximum_size_of_a_map()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        string[] names = [.. Enumerable.Range(0, AccountMap.MaxAccounts + 1).Select(static i => string.Create(CultureInfo.InvariantCulture, $"user{i:d4}"))];
        foreach (string name in names)
        {
            await zone.UserAsync(name);
        }

        AccountMap map = AccountMap.Parse(string.Join('\n', names[..^1].Select(static name => $"{name}: {name}"))).Value;
        Result<JoinPlan> plan = await zone.Services.Sites.PlanJoinAsync(await zone.AdminAsync(), map, Ct);

        Assert.Equal($"The map of accounts lacks {names[^1]}.", plan.Error?.Message);
    }
}
