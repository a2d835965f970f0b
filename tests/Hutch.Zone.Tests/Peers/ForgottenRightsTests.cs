using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Grants;
using Hutch.Zone.Logins;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Peers;

/// <summary>
/// One server changes the zone at random, another one has cached rights: after each change its answers are those of a server that knows
/// nothing yet, for every token, link, session and dataset.
/// </summary>
public sealed class ForgottenRightsTests(PostgresServer server)
{
    private const int Changes = 40;

    private static readonly string[] Names = ["ada", "bob", "eve"];

    private static readonly LoginOrigin From = new(TestZone.Here, "test");

    private static readonly Operation[] Questions =
        [Operation.DatasetView, Operation.EntryRead, Operation.EntryWrite, Operation.GrantChange, Operation.OwnerChange];

    // Wrong tokens are tried again and again here.
    private static readonly ZoneOptions Options = TestZone.Quick with
    {
        Attempts = new AttemptLimits { PairBurst = 1_000_000, AddressBurst = 1_000_000, TokenBurst = 1_000_000 },
    };

    private readonly List<string> _tokens = [];
    private readonly List<StartedSession> _sessions = [];
    private readonly List<DatasetId> _datasets = [];
    private readonly List<(DatasetId Dataset, string Id)> _links = [];
    private Random _random = new(0);
    private TestZone _zone = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Someone => Names[_random.Next(Names.Length)];

    private DatasetId Some => _datasets[_random.Next(_datasets.Count)];

    private Rights SomeRight => RightsExtensions.Ladder[_random.Next(RightsExtensions.Ladder.Count)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task After_any_change_at_one_server_the_rights_that_another_has_cached_are_those_of_a_new_one(int seed)
    {
        _random = new Random(seed);
        await using TestZone changing = _zone = await TestZone.OpenAsync(Options, database: await server.CreateDatabaseAsync(Ct));
        await using TestZone caching = await changing.OpenOtherServerAsync(Options);
        await FillAsync();
        await AnswersAsync(caching);
        int changed = 0;
        for (int i = 0; i < Changes; i++)
        {
            long before = changing.Services.Changes.Version;
            string what = await ChangeAsync();
            changed += changing.Services.Changes.Version > before ? 1 : 0;

            string cached = await AnswersAsync(caching);

            await using TestZone fresh = await changing.OpenOtherServerAsync(Options);
            Assert.True(await AnswersAsync(fresh) is var known && known == cached, $"After change {i}, {what}:\n{known}\nbut cached:\n{cached}");
        }

        Assert.InRange(changed, Changes / 2, Changes);
    }

    [Fact]
    public async Task What_a_change_does_not_touch_is_not_read_again()
    {
        await using TestZone one = await TestZone.OpenAsync(database: await server.CreateDatabaseAsync(Ct));
        await using TestZone two = await one.OpenOtherServerAsync();
        Caller ada = await one.UserAsync("ada");
        NameRecord mine = await one.DatasetAsync(ada, "mine");
        NameRecord other = await one.DatasetAsync(ada, "other");
        await one.Services.Sharing.SetVisibilityAsync(ada, other.Dataset, new Visibility(Rights.View, null), Ct);
        _ = (await two.MayAsync(ada, mine, Operation.EntryRead)).Value;
        Access kept = (await two.MayAsync(ada, mine, Operation.EntryRead)).Value;
        Access touched = (await two.MayAsync(ada, other, Operation.EntryRead)).Value;

        await one.Services.Sharing.SetVisibilityAsync(ada, other.Dataset, new Visibility(Rights.Read, null), Ct);

        Assert.Same(kept.Dataset, (await two.MayAsync(ada, mine, Operation.EntryRead)).Value.Dataset);
        Assert.NotSame(touched.Dataset, (await two.MayAsync(ada, other, Operation.EntryRead)).Value.Dataset);
    }

    private async Task FillAsync()
    {
        foreach (string name in Names)
        {
            _tokens.Add(await _zone.UserTokenAsync(name));
        }

        foreach (string token in _tokens.ToArray())
        {
            await CreateAsync(await _zone.LogInAsync(token));
        }

        await _zone.Groups.CreateAsync(await _zone.LogInAsync(_tokens[0]), "lab", null, Ct);
    }

    private async Task<bool> CreateAsync(Caller owner) =>
        (await _zone.Services.Names.ReserveAsync(owner, Added(), null, Slug.Parse($"data-{_datasets.Count}").Value, Ct)).IsOk;

    private DatasetId Added()
    {
        _datasets.Add(new DatasetId(Guid.NewGuid()));
        return _datasets[^1];
    }

    /// <summary>Everything that may be asked, and the answers.</summary>
    private async Task<string> AnswersAsync(TestZone zone)
    {
        var answers = new List<string>();
        foreach (string token in _tokens)
        {
            answers.Add(await AnswersAsync(zone, await zone.TryLogInAsync(token)));
        }

        foreach (StartedSession session in _sessions)
        {
            answers.Add(await AnswersAsync(zone, await zone.UseAsync(session)));
        }

        answers.Add(await AnswersAsync(zone, Caller.Anonymous));
        return string.Join('\n', answers);
    }

    private async Task<string> AnswersAsync(TestZone zone, Result<Caller> caller)
    {
        if (!caller.IsOk)
        {
            return caller.Error.Message;
        }

        string known = $"{caller.Value} {caller.Value.Roles} {string.Join(' ', caller.Value.Groups.Select(static group => $"{group.GroupName}/{group.Manager}"))}:";
        foreach (DatasetId dataset in _datasets)
        {
            foreach (Operation operation in Questions)
            {
                Result<Access> access = await zone.Services.Authorizer.AuthorizeAsync(caller.Value, dataset, operation, Ct);
                known += access.IsOk ? $" {access.Value.Dataset.FullName}={access.Value.Rights}" : $" {access.Error.Code.Status}";
            }
        }

        return known;
    }

    /// <summary>Some change, by the first who may make it; perhaps nobody may.</summary>
    private async Task<string> ChangeAsync()
    {
        int which = _random.Next(18);
        DatasetId dataset = Some;
        (string who, string to) = (Someone, _random.Next(3) == 0 ? "lab" : Someone);
        PrincipalKind kind = to == "lab" ? PrincipalKind.Group : PrincipalKind.User;
        Rights right = SomeRight;
        bool isYes = _random.Next(2) == 0;
        Caller admin = await _zone.AdminAsync();
        foreach (Caller by in await CallersAsync())
        {
            bool isDone = which switch
            {
                0 or 1 => (await _zone.Services.Sharing.GrantAsync(by, dataset, kind, to, right, null, Ct)).IsOk,
                2 => (await _zone.Services.Sharing.WithdrawAsync(by, dataset, kind, to, Ct)).IsOk,
                3 => (await _zone.Services.Sharing.SetVisibilityAsync(by, dataset, new Visibility(isYes ? Rights.Read : Rights.None, null), Ct)).IsOk,
                4 => await LinkAsync(by, dataset, isYes),
                5 => _links.Count > 0 && (await _zone.Services.Sharing.RevokeLinkAsync(by, _links[^1].Dataset, _links[^1].Id, Ct)).IsOk,
                6 or 7 => (await _zone.Groups.PutMemberAsync(by, "lab", who, isYes, Ct)).IsOk,
                8 => (await _zone.Groups.RemoveMemberAsync(by, "lab", who, Ct)).IsOk,
                9 => isYes ? (await _zone.Groups.DeleteAsync(by, "lab", Ct)).IsOk : (await _zone.Groups.CreateAsync(by, "lab", null, Ct)).IsOk,
                10 => (await _zone.Accounts.ChangeUserAsync(admin, who, new AccountPatch { Disabled = isYes }, Ct)).IsOk,
                11 => (await _zone.Accounts.ChangeUserAsync(admin, who, new AccountPatch { Roles = isYes ? [Role.User, Role.Auditor] : [Role.User] }, Ct)).IsOk,
                12 => await TokenAsync(by, isYes ? dataset : null),
                13 => isYes && (await _zone.Tokens.RevokeAsync(by, by.CredentialId!, Ct)).IsOk,
                14 => (await _zone.Services.Ownership.GiveAsync(isYes ? admin : by, dataset, AccountName.Parse(to).Value, Ct)).IsOk,
                15 => who != to && (await _zone.HandOvers.HandOverAsync(admin, who, to, Ct)).IsOk,
                16 => await InviteAsync(by, isYes ? dataset : null),
                _ => isYes ? await SessionAsync(by) : await CreateAsync(by),
            };
            if (isDone)
            {
                return $"{which} by {by}: {dataset} {who} {to} {right} {isYes}";
            }
        }

        return $"{which}, which nobody may";
    }

    private async Task<Caller[]> CallersAsync()
    {
        var callers = new List<Caller>();
        foreach (string token in _tokens)
        {
            if ((await _zone.TryLogInAsync(token)) is { IsOk: true, Value.IsUser: true } found)
            {
                callers.Add(found.Value);
            }
        }

        return [.. callers.OrderBy(_ => _random.Next())];
    }

    private async Task<bool> LinkAsync(Caller by, DatasetId dataset, bool isOpened)
    {
        if (!(await _zone.Services.Sharing.CreateLinkAsync(by, dataset, Rights.Read, null, Ct)).TryGet(out IssuedLink? link, out _))
        {
            return false;
        }

        _links.Add((dataset, link.Link.Id));
        _tokens.Add(link.Secret.Reveal());
        if (isOpened)
        {
            _sessions.Add((await _zone.Services.Logins.OpenShareAsync(link.Secret.Reveal(), From, Ct)).Value);
        }

        return true;
    }

    private async Task<bool> TokenAsync(Caller by, DatasetId? only)
    {
        Result<IssuedToken> made = await _zone.Tokens.CreateAsync(by, new TokenRequest { Dataset = only }, Ct);
        if (made.IsOk)
        {
            _tokens.Add(made.Value.Secret.Reveal());
        }

        return made.IsOk;
    }

    private async Task<bool> InviteAsync(Caller by, DatasetId? dataset)
    {
        var request = new InviteRequest { Right = Rights.Write };
        Result<IssuedInvite> made = dataset is { } on
            ? await _zone.Services.Invites.CreateAsync(by, on, request, Ct)
            : await _zone.Services.Invites.CreateAsync(by, "lab", request, Ct);
        return made.IsOk && (await _zone.Services.InviteLogins.AcceptAsync((await CallersAsync())[0], made.Value.Code.Reveal(), From, Ct)).IsOk;
    }

    private async Task<bool> SessionAsync(Caller by)
    {
        if (_sessions.Count > 0 && _random.Next(2) == 0 && (await _zone.UseAsync(_sessions[^1])) is { IsOk: true } open)
        {
            return (await _zone.Services.Logins.LogOutAsync(open.Value, Ct)).IsOk;
        }

        _sessions.Add(await _zone.OpenSessionAsync(by.Name));
        return true;
    }
}
