using System.Net;
using Hutch.Model;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Logins;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>Logins of the command line, approved in a browser.</summary>
public sealed class DeviceLoginTests
{
    private static readonly LoginOrigin Machine = new(IPAddress.Parse("192.0.2.7"), "hutch/0.1");
    private static readonly LoginOrigin Browser = new(TestZone.Here, "firefox");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_types_the_code_sees_the_machine_and_approves_and_the_token_comes_once()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller ada = await SessionAsync(zone, "ada");
        DeviceLogins logins = zone.Services.DeviceLogins;
        StartedDeviceLogin begun = (await logins.BeginAsync(Machine, Ct)).Value;
        string handle = begun.Handle.Reveal();
        string typed = " " + begun.UserCode.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal);

        DeviceLoginOrigin asking = (await logins.FindAsync(ada, typed, Browser, Ct)).Value;
        Assert.Equal(("192.0.2.7", "hutch/0.1", zone.Time.GetUtcNow()), (asking.Address, asking.Agent, asking.At));
        Assert.Null((await logins.PollAsync(handle, Ct)).Value);

        Assert.True((await logins.AnswerAsync(ada, typed, isApproved: true, Browser, Ct)).IsOk);
        CreatedAccount made = (await logins.PollAsync(handle, Ct)).Value!;

        Assert.Equal("ada", (await zone.LogInAsync(made.Token.Secret.Reveal())).Name);
        Assert.Equal(zone.Time.GetUtcNow() + TimeSpan.FromDays(90), made.Token.Token.ExpiresAt);
        Assert.Equal(ErrorCode.NotFound, (await logins.PollAsync(handle, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await logins.AnswerAsync(ada, typed, isApproved: true, Browser, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_refused_login_gives_no_token()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller ada = await SessionAsync(zone, "ada");
        DeviceLogins logins = zone.Services.DeviceLogins;
        StartedDeviceLogin begun = (await logins.BeginAsync(Machine, Ct)).Value;

        await logins.AnswerAsync(ada, begun.UserCode, isApproved: false, Browser, Ct);

        Assert.Equal(ErrorCode.LoginRefused, (await logins.PollAsync(begun.Handle.Reveal(), Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_token_approves_no_login_and_a_login_ends_after_a_quarter_of_an_hour()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller token = await zone.UserAsync("bob");
        Caller ada = await SessionAsync(zone, "ada");
        DeviceLogins logins = zone.Services.DeviceLogins;
        StartedDeviceLogin begun = (await logins.BeginAsync(Machine, Ct)).Value;

        Assert.Equal(ErrorCode.Forbidden, (await logins.AnswerAsync(token, begun.UserCode, isApproved: true, Browser, Ct)).Error?.Code);
        zone.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(ErrorCode.NotFound, (await logins.AnswerAsync(ada, begun.UserCode, isApproved: true, Browser, Ct)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await logins.PollAsync(begun.Handle.Reveal(), Ct)).Error?.Code);
    }

    [Fact]
    public async Task Guesses_of_codes_must_wait()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller ada = await SessionAsync(zone, "ada");

        List<ErrorCode?> answers = [];
        for (int guess = 0; guess < 25; guess++)
        {
            answers.Add((await zone.Services.DeviceLogins.FindAsync(ada, "BBBBBBBB", Browser, Ct)).Error?.Code);
        }

        Assert.Equal(20, answers.Count(code => code == ErrorCode.NotFound));
        Assert.Equal(ErrorCode.TooManyRequests, answers[^1]);
    }

    [Fact]
    public async Task No_secret_of_a_login_is_in_the_audit()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller ada = await SessionAsync(zone, "ada");
        StartedDeviceLogin begun = (await zone.Services.DeviceLogins.BeginAsync(Machine, Ct)).Value;
        await zone.Services.DeviceLogins.AnswerAsync(ada, begun.UserCode, isApproved: true, Browser, Ct);
        CreatedAccount made = (await zone.Services.DeviceLogins.PollAsync(begun.Handle.Reveal(), Ct)).Value!;

        string audit = string.Join('\n', await zone.AuditAsync());

        Assert.Contains("token:" + made.Token.Token.Id, audit, StringComparison.Ordinal);
        foreach (string secret in (string[])[begun.UserCode, begun.Handle.Reveal(), made.Token.Secret.Reveal()[^43..]])
        {
            Assert.DoesNotContain(secret, audit, StringComparison.Ordinal);
        }
    }

    private static async Task<Caller> SessionAsync(TestZone zone, string user)
    {
        await zone.UserTokenAsync(user);
        StartedSession session = await zone.OpenSessionAsync(user);
        return (await zone.Services.Authenticator.AuthenticateSessionAsync(session.Secret.Reveal(), TestZone.Here, Ct)).Value;
    }
}
