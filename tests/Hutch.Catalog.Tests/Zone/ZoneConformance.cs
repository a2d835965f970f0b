using System.Collections.Immutable;
using System.Data.Common;
using Hutch.Catalog.Sqlite;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Testing.Clocks;

namespace Hutch.Catalog.Tests.Zone;

/// <summary>What holds for the zone's records, wherever they are.</summary>
public abstract class ZoneConformance
{
    private protected static readonly PrincipalId Ada = Id(1);
    private protected static readonly PrincipalId Bob = Id(2);
    private protected static readonly PrincipalId Lab = Id(3);
    private protected static readonly DatasetId Data = new(Guid.Parse("00000000-0000-0000-0000-00000000000d"));

    /// <summary>Statements that would falsify the audit.</summary>
    protected abstract IReadOnlyList<string> WaysToChangeTheAudit { get; }

    /// <summary>What the database says to each of them.</summary>
    protected virtual string WhyTheAuditStays => "the audit is append-only";

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_that_was_answered_is_there_after_opening_again()
    {
        await using (ZoneDatabase zone = await OpenAsync())
        {
            await FillAsync(zone);
        }

        await using ZoneDatabase again = await OpenAsync();
        Assert.Equal(["ada", "bob"], await again.ReadAsync(t => t.Principals.ListUsers(null, 10).Select(u => u.Name).ToArray(), Ct));
        Assert.Equal("ada/data", (await again.ReadAsync(t => t.Names.Find(Data), Ct))?.FullName);
    }

    [Fact]
    public async Task A_change_raises_the_version_before_it_is_answered_and_a_refused_one_does_not()
    {
        await using ZoneDatabase zone = await OpenAsync();
        long start = zone.Version;

        await FillAsync(zone);
        Assert.True(zone.Version > start);
        long filled = zone.Version;

        Result<Done> refused = await zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                change.Principals.SetDisplayName(Ada, "never");
                change.AddAudit("test", null);
                return ErrorCode.Conflict.With("no");
            },
            Ct);
        Assert.False(refused.IsOk);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await zone.ChangeAsync<Done>(AuditActor.Server, _ => throw new InvalidOperationException("bug"), Ct));
        Assert.Equal(filled, zone.Version);
        Assert.Null((await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
    }

    [Fact]
    public async Task The_version_continues_after_reopening()
    {
        long before;
        await using (ZoneDatabase zone = await OpenAsync())
        {
            await FillAsync(zone);
            before = zone.Version;
        }

        await using ZoneDatabase again = await OpenAsync();
        Assert.Equal(before, again.Version);
    }

    [Fact]
    public async Task A_change_without_a_line_in_the_audit_is_refused()
    {
        await using ZoneDatabase zone = await OpenAsync();
        await FillAsync(zone);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                change.Principals.SetDisplayName(Ada, "silent");
                return Done.Value;
            },
            Ct));
        Assert.Null((await zone.ReadAsync(t => t.Principals.FindUser(Ada), Ct))?.DisplayName);
    }

    [Fact]
    public async Task The_audit_is_append_only_for_the_database_itself()
    {
        await using ZoneDatabase zone = await OpenAsync();
        await FillAsync(zone);

        foreach (string sql in WaysToChangeTheAudit)
        {
            DbException e = await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync(zone, sql));
            Assert.Contains(WhyTheAuditStays, e.Message, StringComparison.Ordinal);
        }

        Assert.All(await zone.ReadAsync(t => t.Audit.List(new AuditSpan(), 10), Ct), line => Assert.Equal("test", line.Action));
    }

    [Fact]
    public async Task The_audit_is_read_by_time_and_from_its_end()
    {
        var time = new StandingTime();
        DateTimeOffset begin = time.GetUtcNow();
        await using ZoneDatabase zone = await OpenAsync(time);
        foreach (string action in new[] { "first", "second", "third" })
        {
            time.Advance(TimeSpan.FromHours(1));
            await zone.AuditAsync(AuditActor.Server, action, null, null, Ct);
        }

        IReadOnlyList<AuditRecord> hour = await zone.ReadAsync(t => t.Audit.List(new AuditSpan { Since = begin.AddHours(2), Until = begin.AddHours(3) }, 10), Ct);
        var end = new AuditSpan { IsNewestFirst = true };
        IReadOnlyList<AuditRecord> newest = await zone.ReadAsync(t => t.Audit.List(end, 2), Ct);
        IReadOnlyList<AuditRecord> before = await zone.ReadAsync(t => t.Audit.List(end.Behind(newest[^1].Sequence), 2), Ct);

        Assert.Equal("second", Assert.Single(hour).Action);
        Assert.Equal(["third", "second"], newest.Select(line => line.Action));
        Assert.Equal("first", Assert.Single(before).Action);
    }

    [Fact]
    public async Task The_audit_is_read_in_order_and_resumes_after_a_given_record()
    {
        await using ZoneDatabase zone = await OpenAsync();
        await zone.AuditAsync(new AuditActor(Ada, "ada", "0123"), "first", "dataset:1", "by law", Ct);
        await zone.AuditAsync(AuditActor.Server, "second", null, null, Ct);
        long version = zone.Version;

        AuditRecord first = Assert.Single(await zone.ReadAsync(t => t.Audit.List(new AuditSpan(), 1), Ct));
        AuditRecord second = Assert.Single(await zone.ReadAsync(t => t.Audit.List(new AuditSpan().Behind(first.Sequence), 10), Ct));

        Assert.Equal((new AuditActor(Ada, "ada", "0123"), "first", "dataset:1", "by law"), (first.Actor, first.Action, first.Target, first.Detail));
        Assert.Equal((AuditActor.Server, "second", null, null), (second.Actor, second.Action, second.Target, second.Detail));
        Assert.Equal(version, zone.Version);
    }

    [Fact]
    public async Task Values_come_back_as_they_went_in_also_when_the_first_row_has_none()
    {
        await using ZoneDatabase zone = await OpenAsync();
        await FillAsync(zone);
        DateTimeOffset at = new(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        await ChangeAsync(zone, change =>
        {
            change.Tokens.Create("a", Ada, null, BlobHash.Compute("a"u8), TokenScope.Full, null);
            change.Tokens.Create("b", Ada, "laptop", BlobHash.Compute("b"u8), new TokenScope(TokenScopes.Read, [Data]), at);
            change.Grants.Put(Data, Bob, Rights.Read, null, Ada);
            change.Grants.Put(Data, Lab, Rights.Derive, at, Ada);
            change.Links.Create("c", Data, Rights.View, BlobHash.Compute("c"u8), Ada, at);
        });
        await zone.TouchAsync([new("b", at)], [], Ct);
        await zone.TouchAsync([new("b", at - TimeSpan.FromDays(1))], [], Ct);

        IReadOnlyList<TokenRecord> tokens = await zone.ReadAsync(t => t.Tokens.ListOf(Ada, null, 10), Ct);
        Assert.Equal((null, null, null), (tokens[0].Name, tokens[0].ExpiresAt, tokens[0].LastUsedAt));
        Assert.Equal(("laptop", at, at), (tokens[1].Name, tokens[1].ExpiresAt, tokens[1].LastUsedAt));
        Assert.Equal(BlobHash.Compute("b"u8), tokens[1].SecretHash);
        Assert.Equal(new TokenScope(TokenScopes.Read, [Data]), tokens[1].Scope);
        IReadOnlyList<GrantRecord> grants = await zone.ReadAsync(t => t.Grants.On(Data), Ct);
        Assert.Equal([("bob", PrincipalKind.User, Rights.Read, null), ("lab", PrincipalKind.Group, Rights.Derive, (DateTimeOffset?)at)],
            grants.Select(g => (g.Principal.Name, g.Principal.Kind, g.Right, g.From)));
        LinkRecord link = Assert.Single(await zone.ReadAsync(t => t.Links.On(Data), Ct));
        Assert.Equal(("c", Rights.View, "ada", at), (link.Id, link.Right, link.CreatedBy, link.ExpiresAt));
    }

    [Fact]
    public async Task Putting_a_right_or_a_member_again_changes_the_one_that_is_there()
    {
        await using ZoneDatabase zone = await OpenAsync();
        await FillAsync(zone);
        await ChangeAsync(zone, change =>
        {
            change.Grants.Put(Data, Bob, Rights.Read, null, Ada);
            change.Grants.Put(Data, Bob, Rights.Manage, null, Ada);
            change.Memberships.Put(Lab, Bob, manager: false);
            change.Memberships.Put(Lab, Bob, manager: true);
        });

        Assert.Equal(Rights.Manage, Assert.Single(await zone.ReadAsync(t => t.Grants.On(Data), Ct)).Right);
        Assert.True(Assert.Single(await zone.ReadAsync(t => t.Memberships.MembersOf(Lab), Ct)).Manager);
        Assert.True(Assert.Single(await zone.ReadAsync(t => t.Memberships.GroupsOf(Bob), Ct)).Manager);
    }

    [Fact]
    public async Task Damaged_values_give_an_error_with_instructions_to_restore_a_copy()
    {
        await using ZoneDatabase zone = await OpenAsync();
        await FillAsync(zone);
        await ExecuteAsync(zone, "UPDATE names SET public_right = 'everything'");

        var e = await Assert.ThrowsAsync<CatalogException>(async () => await zone.ReadAsync(t => t.Names.Find(Data), Ct));

        Assert.Equal(
            "The records of accounts and rights are damaged: 'everything' is not a right. Stop the server and restore the newest copy of zone.db from the "
            + "folder of copies, or that of the PostgreSQL database.", e.Message);
    }

    /// <summary>Opens the zone of this test, for the first time or again.</summary>
    private protected abstract Task<ZoneDatabase> OpenAsync(TimeProvider? time = null);

    /// <summary>Does something to the tables that no part of the program would.</summary>
    private protected abstract Task ExecuteAsync(ZoneDatabase zone, string sql);

    private protected static PrincipalId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    [Fact]
    public async Task A_new_dataset_has_its_home_at_the_site_of_the_zone_and_epochs_are_never_reused()
    {
        await using ZoneDatabase zone = await OpenAsync();
        await FillAsync(zone);
        HomeRecord first = (await zone.ReadAsync(tables => tables.Names.Find(Data)!, Ct)).Home;

        await ChangeAsync(zone, change =>
        {
            Assert.True(change.Names.Release(Data));
            Assert.True(change.Names.Reserve(Data, change.Principals.Find("ada")!, "data", Visibility.Private, "00000000000000a1").IsOk);
        });

        Assert.Equal(new HomeRecord(zone.Id, 1), first);
        Assert.Equal(new HomeRecord("00000000000000a1", 2), (await zone.ReadAsync(tables => tables.Names.Find(Data)!, Ct)).Home);
    }

    [Fact]
    public async Task Tokens_of_steps_are_counted_apart_and_only_good_ones_are_found()
    {
        var time = new StandingTime();
        await using ZoneDatabase zone = await OpenAsync(time);
        await FillAsync(zone);
        await ChangeAsync(zone, change =>
        {
            Add(change, "b", TokenScope.Full, time.GetUtcNow().AddHours(2));
            Add(change, "c", TokenScope.Full, time.GetUtcNow().AddHours(1));
            Add(change, "d", StepOf('b'), time.GetUtcNow().AddHours(2));
            Add(change, "e", StepOf('b'), time.GetUtcNow().AddHours(1));
            Add(change, "f", StepOf('c'), time.GetUtcNow().AddHours(2));
        });
        time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(["b"], await zone.ReadAsync(tables => tables.Tokens.GoodOf(Ada).Select(static token => token.Id).ToArray(), Ct));
        Assert.Equal(
            ["b", "c", "d", "f"], await zone.ReadAsync(tables => tables.Tokens.ListOf(Ada, null, 10).Select(static token => token.Id).ToArray(), Ct));
        Assert.Equal(1, await zone.ReadAsync(static tables => tables.Tokens.CountOf(Ada), Ct));
        Assert.Equal(1, await zone.ReadAsync(static tables => tables.Tokens.CountOfSteps(Ada, new string('b', 16)), Ct));
    }

    [Fact]
    public async Task Tokens_of_steps_are_forgotten_and_leave_the_feed_when_every_site_has_heard_it()
    {
        const string Site = "00000000000000a1";
        var time = new StandingTime();
        await using ZoneDatabase zone = await OpenAsync(time);
        await FillAsync(zone);
        await ChangeAsync(zone, change =>
        {
            change.Sites.Add(Site, "archive", BlobHash.Compute("key"u8), ImmutableSortedDictionary<string, string>.Empty);
            Add(change, "b", TokenScope.Full, time.GetUtcNow().AddHours(1));
            Add(change, "c", StepOf('b'), time.GetUtcNow().AddHours(1));
            Add(change, "d", StepOf('b'), time.GetUtcNow().AddHours(3));
        });
        FeedPosition before = await NewestAsync();

        await ForgetAsync();
        FeedBatch told = await zone.ReadAsync(tables => tables.Feed.Since(before, 100), Ct);
        await ChangeAsync(zone, change => change.Principals.SetDisabled(Bob, disabled: true));
        await ForgetAsync();
        string[] unheard = await FedAsync();
        await ChangeAsync(zone, change => change.Sites.RecordContact(Site, told.To.Sequence, null));
        FeedPosition newest = await NewestAsync();
        await ForgetAsync();

        FeedItem gone = Assert.Single(told.Items);
        Assert.Equal(("tokens", "c"), (gone.Table, gone.Key));
        Assert.Null(gone.Row);
        Assert.Equal(["b", "d", "c"], unheard);
        Assert.Equal(["b", "d"], await FedAsync());
        Assert.Equal(newest, await NewestAsync());

        ValueTask<FeedPosition> NewestAsync() => zone.ReadAsync(static tables => tables.Feed.Newest(), Ct);

        ValueTask<string[]> FedAsync() => zone.ReadAsync(
            static tables => tables.Feed.Since(null, 100).Items.Where(static item => item.Table == "tokens").Select(static item => item.Key).ToArray(), Ct);

        Task ForgetAsync() => zone.DeleteEndedAsync(time.GetUtcNow(), time.GetUtcNow().AddHours(2), Ct).AsTask();
    }

    private static void Add(ZoneChange change, string id, TokenScope scope, DateTimeOffset end) =>
        change.Tokens.Create(id, Ada, null, BlobHash.Compute("token"u8), scope, end);

    private static TokenScope StepOf(char parent) => TokenScope.Full.ForStep([], Data, new string(parent, 16));

    private protected static async Task ChangeAsync(ZoneDatabase zone, Action<ZoneChange> change) =>
        Assert.True((await zone.ChangeAsync<Done>(
            AuditActor.Server,
            tables =>
            {
                change(tables);
                tables.AddAudit("test", null);
                return Done.Value;
            },
            Ct)).IsOk);

    private protected static Task FillAsync(ZoneDatabase zone) => ChangeAsync(zone, change =>
    {
        Assert.True(change.Principals.CreateUser(Ada, "ada", null).IsOk);
        Assert.True(change.Principals.CreateUser(Bob, "bob", "Bob").IsOk);
        Assert.True(change.Principals.CreateGroup(Lab, "lab", null).IsOk);
        Assert.True(change.Names.Reserve(Data, change.Principals.Find("ada")!, "data", Visibility.Private).IsOk);
    });
}
