using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Changes;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Logins;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>An account cannot fill the disk with lines of the audit, which stay for ever.</summary>
public sealed class AuditBudgetTests
{
    private const int MostLines = 20;

    private static readonly LoginOrigin From = new(TestZone.Here, "test");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_daily_audit_limit_of_a_user_blocks_neither_other_users_nor_actions_that_protect_the_account()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        Caller session = (await zone.UseAsync(await zone.OpenSessionAsync("ada"))).Value;
        Assert.True((await zone.Services.Logins.SetPasswordAsync(session, null, "a long enough password", From, Ct)).IsOk);
        string spare = (await zone.Tokens.CreateAsync(ada, new TokenRequest { Name = "spare" }, Ct)).Value.Token.Id;

        Result<NameRecord> refused = await SpendAsync(zone, ada);

        Assert.Equal(ErrorCode.TooManyRequests, refused.Error?.Code);
        Assert.True((await zone.Tokens.RevokeAsync(ada, spare, Ct)).IsOk);
        Assert.True((await LogInAsync(zone)).IsOk);
        Assert.True((await zone.Services.Logins.EndSessionAsync(ada, session.Session!.Id, Ct)).IsOk);
        Assert.False((await SpendAsync(zone, ada)).IsOk);
        Assert.Equal("his", (await zone.DatasetAsync(bob, "his")).Slug);
        zone.Time.Advance(TimeSpan.FromHours(12));
        Assert.Equal("later", (await zone.DatasetAsync(ada, "later")).Slug);
    }

    [Fact]
    public async Task Operators_and_administrators_have_no_audit_limit()
    {
        await using TestZone zone = await OpenAsync();

        Assert.True((await SpendAsync(zone, await zone.UserAsync("ops", Role.Operator))).IsOk);
        Assert.True((await SpendAsync(zone, await zone.AdminAsync())).IsOk);
    }

    [Fact]
    public async Task Downloads_beyond_the_lines_of_a_day_are_one_line()
    {
        await using TestZone zone = await OpenAsync();
        Caller ada = await zone.UserAsync("ada");
        AuditNote[] notes =
            [.. Enumerable.Range(0, MostLines + 5).Select(_ => new AuditNote(ada.Actor, new DatasetId(Guid.NewGuid()), "dataset.download", "2 MB"))];

        Assert.True((await zone.Services.Changes.AuditAsync(notes, Ct)).IsOk);
        Assert.True((await zone.Services.Changes.AuditAsync(notes, Ct)).IsOk);

        string[] lines = [.. (await zone.AuditAsync()).Where(static line => line.Contains("dataset.download", StringComparison.Ordinal))];
        Assert.Equal(notes.Length + 1, lines.Length);
        Assert.Contains($"{notes.Length} lines in one", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_logs_in_a_number_of_times_an_hour_at_most()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        await zone.UserAsync("ada");
        Caller session = (await zone.UseAsync(await zone.OpenSessionAsync("ada"))).Value;
        Assert.True((await zone.Services.Logins.SetPasswordAsync(session, null, "a long enough password", From, Ct)).IsOk);
        for (int i = 1; i < AccountLimits.MaxLoginsPerHour; i++)
        {
            Assert.True((await LogInAsync(zone)).IsOk);
        }

        Assert.Equal(ErrorCode.TooManyRequests, (await LogInAsync(zone)).Error?.Code);
        zone.Time.Advance(TimeSpan.FromHours(1));
        Assert.True((await LogInAsync(zone)).IsOk);
    }

    private static async Task<Result<StartedSession>> LogInAsync(TestZone zone) =>
        await zone.Services.Logins.LogInAsync("ada", "a long enough password", From, Ct);

    private static Task<TestZone> OpenAsync() => TestZone.OpenAsync(
        new ZoneOptions { Durable = false, Accounts = new AccountOptions { HashIterations = 10, AuditLinesPerDay = MostLines } });

    /// <summary>Reserves names until that is refused, as often as the limit would allow twice.</summary>
    private static async Task<Result<NameRecord>> SpendAsync(TestZone zone, Caller caller)
    {
        for (int i = 0; ; i++)
        {
            Result<NameRecord> made = await zone.Services.Names.ReserveAsync(
                caller, new DatasetId(Guid.NewGuid()), null, Slug.Parse($"set-{i}").Value, Ct);
            if (!made.IsOk || i == 2 * MostLines)
            {
                return made;
            }
        }
    }
}
