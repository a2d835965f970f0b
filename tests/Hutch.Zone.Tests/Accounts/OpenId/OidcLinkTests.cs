using System.Text.Json.Nodes;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Testing.Clocks;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Delivery;
using Hutch.Zone.Logins;
using Hutch.Zone.Mail;
using Hutch.Zone.OpenId;

namespace Hutch.Zone.Tests.Accounts.OpenId;

/// <summary>C2: who a person of a provider is here rests on a proof, never on a name that was changed until it fitted.</summary>
public sealed class OidcLinkTests : IAsyncLifetime
{
    private static readonly LoginOrigin From = new(TestZone.Here, "test");

    private readonly ManualTime _time = new();
    private readonly Transport _mail = new();
    private OidcScene _scene = null!;
    private int _subjects;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var provider = new FakeProvider(_time);
        var options = new OidcProviderOptions
        {
            Id = "facility",
            Issuer = FakeProvider.Issuer,
            ClientId = FakeProvider.ClientId,
            LinkByExternalId = true,
            LinkByMail = true,
            LinkByName = true,
        };
        TestZone zone = await TestZone.OpenAsync(
            TestZone.Quick with
            {
                Oidc = new OidcOptions { Providers = [options] },
                OidcHandler = new LastingHandler(provider),
                PublicUrl = new Uri("https://hutch.example.org"),
                Mail = new MailOptions { Host = "mail.example.org", From = "hutch@example.org" },
                MailTransport = _mail,
            },
            _time);
        _scene = new OidcScene(zone, provider);
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Theory]
    [InlineData("admin")]
    [InlineData("Admin.")]
    [InlineData("_admin")]
    [InlineData("ADMIN")]
    [InlineData("admin@tenant")]
    public async Task No_name_makes_a_person_the_first_administrator(string name) =>
        Assert.Equal(ErrorCode.LoginRefused, (await LogInAsync(name)).Error?.Code);

    [Fact]
    public async Task An_exact_name_takes_over_an_account_that_nothing_belongs_to_and_no_other_name_does()
    {
        Assert.True((await ProvisionAsync("kate")).IsOk);
        Assert.True((await ProvisionAsync("ada-lovelace")).IsOk);

        foreach (string name in (string[])["Kate", "kate.", "kate@guest.example", "ada_lovelace", "Ada.Lovelace", " kate"])
        {
            Assert.Equal(ErrorCode.LoginRefused, (await LogInAsync(name)).Error?.Code);
        }

        // The sign for kelvin is no k: it is another name, of a new account.
        Assert.Equal("ate", (await LogInAsync("\u212Aate")).Value.Session.User);

        Assert.Equal("kate", (await LogInAsync("kate")).Value.Session.User);

        // It is a person's now: another one of that name is refused.
        Assert.Equal(ErrorCode.LoginRefused, (await LogInAsync("kate")).Error?.Code);
    }

    [Theory]
    [InlineData("role")]
    [InlineData("password")]
    [InlineData("token")]
    [InlineData("ended token")]
    [InlineData("session")]
    [InlineData("dataset")]
    [InlineData("grant")]
    [InlineData("group")]
    public async Task An_account_with_anything_is_not_taken_over_by_its_name(string what)
    {
        Assert.True((await ProvisionAsync("ada")).IsOk);
        Caller admin = await _scene.Zone.AdminAsync();
        switch (what)
        {
            case "role":
                Assert.True((await _scene.Zone.Accounts.ChangeUserAsync(
                    admin, "ada", new AccountPatch { Roles = [new AssignedRole(Role.Auditor, null)] }, Ct)).IsOk);
                break;
            case "dataset" or "grant":
                NameRecord dataset = await _scene.Zone.DatasetAsync(admin, "scan");
                Assert.True(what == "grant"
                    ? (await _scene.Zone.Services.Sharing.GrantAsync(admin, dataset.Dataset, PrincipalKind.User, "ada", Rights.Read, null, Ct)).IsOk
                    : (await _scene.Zone.Services.Ownership.GiveAsync(admin, dataset.Dataset, AccountName.Parse("ada").Value, Ct)).IsOk);
                break;
            case "group":
                Assert.True((await _scene.Zone.Groups.CreateAsync(admin, "mx", null, Ct)).IsOk);
                Assert.True((await _scene.Zone.Groups.PutMemberAsync(admin, "mx", "ada", false, Ct)).IsOk);
                break;
            default:
                StartedSession session = await _scene.Zone.OpenSessionAsync("ada");
                Caller browser = (await _scene.Zone.UseAsync(session)).Value;
                if (what == "password")
                {
                    Assert.True((await _scene.Zone.Services.Logins.SetPasswordAsync(browser, null, "a long enough password", From, Ct)).IsOk);
                }
                else if (what != "session")
                {
                    IssuedToken token = (await _scene.Zone.Tokens.CreateAsync(browser, new TokenRequest(), Ct)).Value;
                    Assert.True(what == "token" || (await _scene.Zone.Tokens.RevokeAsync(browser, token.Token.Id, Ct)).IsOk);
                }

                break;
        }

        Assert.Equal(ErrorCode.LoginRefused, (await LogInAsync("ada")).Error?.Code);
    }

    [Fact]
    public async Task The_stable_id_of_SCIM_finds_the_account_whatever_its_name_and_whatever_it_has()
    {
        Assert.True((await ProvisionAsync("ada", "subject-of-ada")).IsOk);
        _ = await _scene.Zone.OpenSessionAsync("ada");

        Assert.Equal("ada", (await LogInAsync("Somebody Else", "subject-of-ada")).Value.Session.User);
        Assert.Equal("ada", (await LogInAsync("Somebody Else", "subject-of-ada")).Value.Session.User);
        Assert.Equal("ada2", (await LogInAsync("ada2", "subject-of-eve")).Value.Session.User);
    }

    [Fact]
    public async Task A_mail_address_finds_the_account_once_both_sides_have_verified_it()
    {
        Caller admin = await _scene.Zone.AdminAsync();
        Assert.True((await _scene.Zone.Accounts.CreateUserAsync(admin, "ada", null, [Role.User], Ct)).IsOk);
        Assert.True((await _scene.Zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Email = "ada@example.org" }, Ct)).IsOk);
        Assert.Equal(ErrorCode.LoginRefused, (await LogInAsync("ada", email: "ada@example.org", isVerified: true)).Error?.Code);

        await ProveAddressAsync("ada");

        Assert.Equal(ErrorCode.LoginRefused, (await LogInAsync("ada", email: "ada@example.org", isVerified: null)).Error?.Code);
        Assert.Equal(ErrorCode.LoginRefused, (await LogInAsync("ada", email: "ada@example.org", isVerified: false)).Error?.Code);
        Assert.Equal(ErrorCode.LoginRefused, (await LogInAsync("ada", email: "Ada@example.org", isVerified: true)).Error?.Code);
        Assert.Equal("ada", (await LogInAsync("a.lovelace", email: "ada@example.org", isVerified: true)).Value.Session.User);
    }

    [Fact]
    public async Task An_address_that_was_changed_after_it_was_proved_proves_nothing()
    {
        Caller admin = await _scene.Zone.AdminAsync();
        Assert.True((await _scene.Zone.Accounts.CreateUserAsync(admin, "ada", null, [Role.User], Ct)).IsOk);
        Assert.True((await _scene.Zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Email = "ada@example.org" }, Ct)).IsOk);
        await ProveAddressAsync("ada");
        Assert.True((await _scene.Zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Email = "eve@example.org" }, Ct)).IsOk);

        foreach (string address in (string[])["ada@example.org", "eve@example.org"])
        {
            Assert.Equal(ErrorCode.LoginRefused, (await LogInAsync("ada", email: address, isVerified: true)).Error?.Code);
        }
    }

    [Fact]
    public async Task An_administrator_links_and_unlinks_an_account()
    {
        Caller admin = await _scene.Zone.AdminAsync();
        Caller ada = await _scene.Zone.UserAsync("ada");
        IdentityLinks links = _scene.Zone.Services.Identities;
        Assert.Equal(ErrorCode.Forbidden, (await links.LinkAsync(ada, "ada", "facility", "sub-1", Ct)).Error?.Code);

        Assert.True((await links.LinkAsync(admin, "ada", "facility", "sub-1", Ct)).IsOk);
        Assert.Equal(ErrorCode.AlreadyExists, (await links.LinkAsync(admin, "admin", "facility", "sub-1", Ct)).Error?.Code);
        StartedSession session = (await LogInAsync("whatever", "sub-1")).Value.Session;
        Assert.Equal("ada", session.User);

        Assert.True((await links.UnlinkAsync(admin, "ada", "facility", Ct)).IsOk);
        Assert.False((await _scene.Zone.UseAsync(session)).IsOk);
        Assert.Equal("whatever", (await LogInAsync("whatever", "sub-1")).Value.Session.User);
    }

    /// <summary>Whatever name a provider gives: the account is new, or it was there with exactly that name and nothing in it.</summary>
    [Fact]
    public async Task No_name_gives_an_account_that_does_not_have_exactly_that_name()
    {
        string[] targets = ["kate", "ada-lovelace", "i", "user-1", "ss"];
        foreach (string target in targets)
        {
            Assert.True((await ProvisionAsync(target)).IsOk);
        }

        var random = new Random(20261130);
        for (int i = 0; i < 300; i++)
        {
            string claim = Mutate(targets[random.Next(targets.Length)], random);
            HashSet<string> before = await NamesAsync();
            Result<FinishedLogin> login = await LogInAsync(claim);
            string? user = login.IsOk ? login.Value.Session.User : null;

            Assert.True(
                user is null || !before.Contains(user) || (user == claim && targets.Contains(claim)),
                $"The claim '{claim}' logged in as the account '{user}', which was there.");
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    private static string Mutate(string name, Random random)
    {
        string[] parts = ["", ".", "_", "-", "@x", " ", "\u0000", "\u00AD", "\u0301", "\u200B", "."];
        string text = parts[random.Next(parts.Length)] + name + parts[random.Next(parts.Length)];
        return string.Concat(text.Select(c => (random.Next(6), c) switch
        {
            (0, _) => char.ToUpperInvariant(c).ToString(),
            (1, 'k') => "\u212A",
            (1, 's') => "\u017F",
            (1, 'i') => "\u0130",
            (1, >= 'a' and <= 'z') => ((char)(c - 'a' + '\uFF41')).ToString(),
            (2, '-') => "_",
            (3, '-') => ".",
            _ => c.ToString(),
        }));
    }

    private async Task<HashSet<string>> NamesAsync() =>
    [
        .. (await _scene.Zone.Accounts.ListUsersAsync(await _scene.Zone.AdminAsync(), null, 1000, Ct)).Value
            .Select(static account => account.User.Name),
    ];

    private async Task<Result<AccountDetails>> ProvisionAsync(string name, string? externalId = null) =>
        await _scene.Zone.Services.Provisioning.CreateAsync(
            await _scene.Zone.AdminAsync(), name, new AccountPatch { ExternalId = externalId }, Ct);

    /// <summary>A person whom the provider calls so logs in, each time another one unless a subject is given.</summary>
    private Task<Result<FinishedLogin>> LogInAsync(string name, string? subject = null, string? email = null, bool? isVerified = null)
    {
        string who = subject ?? $"person-{++_subjects}";
        _scene.Provider.Claims = claims =>
        {
            (claims["preferred_username"], claims["sub"]) = (name, who);
            claims.Remove("email");
            claims.Remove("email_verified");
        };
        _scene.Provider.UserInfo = new JsonObject { ["sub"] = who };
        if (email is not null)
        {
            _scene.Provider.UserInfo["email"] = email;
        }

        if (isVerified is { } verified)
        {
            _scene.Provider.UserInfo["email_verified"] = verified;
        }

        return _scene.LogInAsync("/");
    }

    /// <summary>The person opens the link in a mail to the address of the account.</summary>
    private async Task ProveAddressAsync(string user)
    {
        Assert.True((await _scene.Zone.Services.LoginLinks.RequestLinkAsync(user, From, Ct)).IsOk);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task sending = _scene.Zone.Services.MailSender.RunAsync(stop.Token);
        string body = (await _mail.WithLink.WaitAsync(Ct)).Body;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        string code = body[(body.IndexOf("#code=", StringComparison.Ordinal) + 6)..].Split('\n', ' ')[0].Trim();
        Assert.True((await _scene.Zone.Services.LoginLinks.RedeemAsync(code, From, Ct)).IsOk);
    }

    private sealed class Transport : IMailTransport
    {
        private readonly TaskCompletionSource<OutgoingMail> _withLink = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<OutgoingMail> WithLink => _withLink.Task;

        public Task SendAsync(OutgoingMail mail, CancellationToken ct)
        {
            if (mail.Body.Contains("#code=", StringComparison.Ordinal))
            {
                _withLink.TrySetResult(mail);
            }

            return Task.CompletedTask;
        }
    }
}
