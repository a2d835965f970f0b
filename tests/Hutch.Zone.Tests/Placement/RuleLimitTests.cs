using Hutch.Model;
using Hutch.Model.Placement;
using Hutch.Zone.Authorization;
using Hutch.Zone.Replication.Placement;
using Hutch.Zone.Tests.Accounts;
using Microsoft.Data.Sqlite;

namespace Hutch.Zone.Tests.Placement;

/// <summary>How many rules there can be: nobody uses them up for others.</summary>
public sealed class RuleLimitTests
{
    private static readonly PlacementRule Rule = PlacementRule.Parse("1 copy where tier=archive").Value;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_that_has_made_its_share_makes_no_more_and_others_do()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        await MakeAsync(zone, RuleRegistry.MaxOfAccount - 1, "ada");

        Result<RuleRecord> last = await AddAsync(zone, ada, "one");
        Result<RuleRecord> beyond = await AddAsync(zone, ada, "two");
        Result<RuleRecord> other = await AddAsync(zone, bob, "three");
        await zone.Services.Rules.RemoveAsync(ada, last.Value.Number, Ct);
        Result<RuleRecord> again = await AddAsync(zone, ada, "four");

        Assert.Equal("An account can have made at most 1000 rules; remove one first.", beyond.Error!.Message);
        Assert.True(other.IsOk && again.IsOk);
    }

    [Fact]
    public async Task The_last_rules_of_a_zone_are_for_administrators()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller admin = await zone.AdminAsync();
        await MakeAsync(zone, RuleRegistry.MaxRules - RuleRegistry.LeftForAdministrators, "several");

        Result<RuleRecord> hers = await AddAsync(zone, ada, "one");
        Result<RuleRecord> his = await zone.Services.Rules.AddAsync(admin, new RuleDraft(Rule, null), "facility", Ct);

        Assert.Contains("of which the last 1000 are for administrators", hers.Error!.Message, StringComparison.Ordinal);
        Assert.True(his.IsOk);
    }

    private static async Task<Result<RuleRecord>> AddAsync(TestZone zone, Caller caller, string dataset) => await zone.Services.Rules.AddAsync(
        caller, new RuleDraft(Rule, null) { Dataset = (await zone.DatasetAsync(caller, dataset)).Dataset }, "facility", Ct);

    /// <summary>Rules for as many datasets, made by somebody.</summary>
    private static async Task MakeAsync(TestZone zone, int count, string by)
    {
        await using var records = new SqliteConnection($"Data Source=file://{Path.Combine(zone.Folder, "zone.db")}?vfs=hutch-page-sums;Pooling=false");
        await records.OpenAsync(Ct);
        await using SqliteCommand make = records.CreateCommand();
        make.CommandText =
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @count)
            INSERT INTO rules(number, scope, subject, rule, created_by, created_ms)
                SELECT i, 'dataset', 'of dataset ' || i, '1 copy where tier=archive', @by, 0 FROM n
            """;
        make.Parameters.AddWithValue("@count", count);
        make.Parameters.AddWithValue("@by", by);
        await make.ExecuteNonQueryAsync(Ct);
    }
}
