using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Hutch.Zone.Authorization;
using Hutch.Zone.Grants;
using Hutch.Zone.Tests.Accounts;
using Hutch.Zone.Visits;

namespace Hutch.Zone.Tests.Visits;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedVisitTests() : VisitTests(null);

/// <summary>Rights of the people of a visit, by its dates, and what others learn of it.</summary>
public abstract class VisitTests(PostgresServer? server) : OnBothEngines(server)
{
    private static readonly Operation[] Writing =
    [
        Operation.EntryWrite, Operation.SnapshotCreate, Operation.MetadataEdit, Operation.OwnerChange,
        Operation.TagChange, Operation.DatasetEdit, // C11
    ];

    private static readonly Operation[] Reading = [Operation.DatasetView, Operation.EntryList, Operation.EntryRead, Operation.DatasetDerive];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task People_write_until_the_end_of_their_visit_and_read_afterwards_with_the_same_token()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob, NameRecord data) = await BeamtimeAsync(zone);

        foreach (Caller person in (Caller[])[ada, bob])
        {
            Assert.True((await zone.MayAsync(person, data, Operation.EntryWrite)).IsOk);
        }

        zone.Time.Advance(TimeSpan.FromDays(2));

        foreach (Caller person in (Caller[])[ada, bob])
        {
            foreach (Operation operation in Writing)
            {
                Result<Access> late = await zone.MayAsync(person, data, operation);
                Assert.Equal(ErrorCode.Forbidden, late.Error?.Code);
            }

            foreach (Operation operation in Reading)
            {
                Assert.True((await zone.MayAsync(person, data, operation)).IsOk);
            }
        }

        Assert.Contains("the visit cm1-1 ended at", (await zone.MayAsync(bob, data, Operation.EntryWrite)).Error!.Message, StringComparison.Ordinal);
        Assert.Equal(Rights.Derive, (await zone.MayAsync(bob, data, Operation.EntryRead)).Value.Rights.Highest());
        Assert.True((await zone.MayAsync(ada, data, Operation.GrantChange)).IsOk);
    }

    [Fact]
    public async Task No_grant_to_a_person_or_to_the_visit_writes_after_its_end()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob, NameRecord data) = await BeamtimeAsync(zone);
        Caller carl = await zone.UserAsync("carl");
        NameRecord own = await zone.DatasetAsync(carl, "own");
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "carl", Rights.Write, null, Ct);
        await zone.PutAsync("cm1-1", people: [("ada", VisitRole.PrincipalInvestigator), ("bob", VisitRole.Experimenter), ("carl", VisitRole.LocalContact)]);
        carl = await zone.NowAsync(carl);
        bob = await zone.NowAsync(bob);
        Assert.True((await zone.Services.Sharing.GrantAsync(carl, own.Dataset, PrincipalKind.Group, "cm1-1", Rights.Manage, null, Ct)).IsOk);
        Assert.True((await zone.MayAsync(bob, own, Operation.EntryWrite)).IsOk);

        zone.Time.Advance(TimeSpan.FromDays(2));
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "carl", Rights.Manage, null, Ct);

        Assert.Equal(ErrorCode.Forbidden, (await zone.MayAsync(carl, data, Operation.EntryWrite)).Error?.Code);
        Assert.Equal(ErrorCode.Forbidden, (await zone.MayAsync(bob, own, Operation.EntryWrite)).Error?.Code);
        Assert.True((await zone.MayAsync(bob, own, Operation.DatasetDerive)).IsOk);
        Assert.True((await zone.MayAsync(carl, own, Operation.EntryWrite)).IsOk);
    }

    [Fact]
    public async Task An_ended_visit_takes_no_datasets_and_gives_none_away()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob, NameRecord data) = await BeamtimeAsync(zone);
        NameRecord own = await zone.DatasetAsync(ada, "own");
        zone.Time.Advance(TimeSpan.FromDays(2));

        Result<NameRecord> made = await zone.Services.Names.ReserveAsync(
            bob, new DatasetId(Guid.NewGuid()), AccountName.Parse("cm1-1").Value, Slug.Parse("late").Value, Ct);
        Result<TransferResult> taken = await zone.Services.Ownership.GiveAsync(ada, data.Dataset, AccountName.Parse("ada").Value, Ct);

        Result<TransferResult> given = await zone.Services.Ownership.GiveAsync(ada, own.Dataset, AccountName.Parse("cm1-1").Value, Ct);

        Assert.Equal(ErrorCode.Conflict, made.Error?.Code);
        Assert.Equal(ErrorCode.Conflict, given.Error?.Code);
        Assert.Equal(ErrorCode.Forbidden, taken.Error?.Code);
        Assert.True((await zone.Services.Ownership.GiveAsync(await zone.AdminAsync(), data.Dataset, AccountName.Parse("ada").Value, Ct)).IsOk);
        Assert.True((await zone.MayAsync(ada, own, Operation.EntryWrite)).IsOk);
    }

    [Fact]
    public async Task A_later_end_lets_people_write_again_at_once_and_only_an_administrator_gives_it()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob, NameRecord data) = await BeamtimeAsync(zone);
        Assert.True((await zone.Services.Visits.EndAsync(ada, "cm1-1", Ct)).IsOk);
        Assert.False((await zone.MayAsync(bob, data, Operation.EntryWrite)).IsOk);

        Assert.Equal(ErrorCode.Forbidden, (await zone.Services.Visits.PutAsync(ada, Draft(zone, "cm1-1", days: 9), Ct)).Error?.Code);
        await zone.PutAsync("cm1-1", days: 9);

        Assert.True((await zone.MayAsync(bob, data, Operation.EntryWrite)).IsOk);
    }

    [Fact]
    public async Task Others_do_not_learn_that_a_visit_exists()
    {
        await using TestZone zone = await OpenAsync();
        (_, Caller bob, NameRecord data) = await BeamtimeAsync(zone);
        Caller eve = await zone.UserAsync("eve");
        await zone.Groups.CreateAsync(eve, "lab", null, Ct);
        eve = await zone.NowAsync(eve);
        NameRecord own = await zone.DatasetAsync(eve, "own");
        await zone.Services.VisitNotes.AddAsync(bob, "cm1-1", "a note", null, null, Ct);

        List<string[]> told = [];
        foreach (string name in (string[])["cm1-1", "no-such"])
        {
            HutchError?[] answers =
            [
                (await zone.Services.Visits.FindAsync(eve, name, Ct)).Error,
                (await zone.Services.Visits.EndAsync(eve, name, Ct)).Error,
                (await zone.Services.Visits.PutPersonAsync(eve, name, "eve", VisitRole.Experimenter, Ct)).Error,
                (await zone.Services.VisitNotes.ListAsync(eve, name, 0, 10, Ct)).Error,
                (await zone.Services.VisitNotes.AddAsync(eve, name, "a note", null, null, Ct)).Error,
                (await zone.Services.VisitNotes.RemoveAsync(eve, name, 1, Ct)).Error,
                (await zone.Groups.FindAsync(eve, name, Ct)).Error,
                (await zone.Groups.PutMemberAsync(eve, name, "eve", true, Ct)).Error,
                (await zone.Groups.RemoveMemberAsync(eve, name, "bob", Ct)).Error,
                (await zone.Groups.DeleteAsync(eve, name, Ct)).Error,
                (await zone.Services.Invites.ListAsync(eve, name, Ct)).Error,
                (await zone.Services.Sharing.GrantAsync(eve, own.Dataset, PrincipalKind.Group, name, Rights.Read, null, Ct)).Error,
                (await zone.Services.Ownership.GiveAsync(eve, own.Dataset, AccountName.Parse(name).Value, Ct)).Error,
                (await zone.Services.Names.ReserveAsync(eve, new DatasetId(Guid.NewGuid()), AccountName.Parse(name).Value, Slug.Parse("new-one").Value, Ct)).Error,
            ];
            Assert.All(answers, error => Assert.Equal(ErrorCode.NotFound, error?.Code));
            told.Add([.. answers.Select(error => error!.Message.Replace(name, "NAME", StringComparison.Ordinal))]);
        }

        Assert.Equal(told[1], told[0]);

        Assert.Equal(["lab"], (await zone.Groups.ListAsync(eve, null, 10, Ct)).Value.Select(one => one.Group.Name));
        Assert.Equal(["cm1-1", "lab"], (await zone.Groups.ListAsync(bob, null, 10, Ct)).Value.Select(one => one.Group.Name));
        Assert.Empty((await zone.Services.Visits.ListAsync(eve, everything: false, Ct)).Value);
        Assert.Equal(ErrorCode.Forbidden, (await zone.Services.Visits.ListAsync(eve, everything: true, Ct)).Error?.Code);
        Assert.False((await zone.MayAsync(eve, data, Operation.DatasetView)).IsOk);
    }

    [Fact]
    public async Task The_embargo_governs_others_and_follows_the_visit_unless_the_owner_chose_another()
    {
        await using TestZone zone = await OpenAsync();
        await zone.UserAsync("ada");
        await zone.PutAsync("cm1-1", embargo: 10, people: [("ada", VisitRole.PrincipalInvestigator)]);
        Caller ada = await zone.LogInAgainAsync("ada");
        NameRecord data = await zone.DatasetAsync(ada, "data", "cm1-1");
        NameRecord chosen = await zone.DatasetAsync(ada, "chosen", "cm1-1");
        await zone.Services.Sharing.SetVisibilityAsync(ada, chosen.Dataset, Visibility.PublicAfter(zone.Time.GetUtcNow().AddDays(3)), Ct);
        await zone.PutAsync("cm1-1", embargo: 20, people: [("ada", VisitRole.PrincipalInvestigator)]);

        zone.Time.Advance(TimeSpan.FromDays(11));
        Assert.False((await zone.MayAsync(Caller.Anonymous, data, Operation.EntryRead)).IsOk);
        Assert.True((await zone.MayAsync(Caller.Anonymous, chosen, Operation.EntryRead)).IsOk);
        zone.Time.Advance(TimeSpan.FromDays(10));
        Assert.True((await zone.MayAsync(Caller.Anonymous, data, Operation.EntryRead)).IsOk);
        Assert.False((await zone.MayAsync(ada, data, Operation.EntryWrite)).IsOk);
        Assert.True((await zone.MayAsync(ada, data, Operation.EntryRead)).IsOk);
    }

    [Fact]
    public async Task An_account_of_an_instrument_creates_datasets_of_a_visit_until_its_end_and_reads_no_others()
    {
        await using TestZone zone = await OpenAsync();
        (_, _, NameRecord data) = await BeamtimeAsync(zone);
        Caller agent = await zone.UserAsync("agent");
        await zone.PutAsync("cm1-1", creators: ["agent", "nobody"]);

        NameRecord made = await zone.DatasetAsync(agent, "made", "cm1-1");
        Assert.True((await zone.MayAsync(agent, made, Operation.EntryWrite)).IsOk);
        Assert.Equal(ErrorCode.NotFound, (await zone.MayAsync(agent, data, Operation.EntryRead)).Error?.Code);
        zone.Time.Advance(TimeSpan.FromDays(2));

        Assert.False((await zone.MayAsync(agent, made, Operation.EntryWrite)).IsOk);
        Assert.Equal(ErrorCode.Conflict, (await zone.Services.Names.ReserveAsync(
            agent, new DatasetId(Guid.NewGuid()), AccountName.Parse("cm1-1").Value, Slug.Parse("late").Value, Ct)).Error?.Code);
    }

    [Fact]
    public async Task Notes_are_removed_by_their_author_until_the_end_and_only_added_afterwards()
    {
        await using TestZone zone = await OpenAsync();
        (Caller ada, Caller bob, NameRecord data) = await BeamtimeAsync(zone);
        VisitNotes notes = zone.Services.VisitNotes;
        Assert.Equal(1, (await notes.AddAsync(bob, "cm1-1", "first", data.Dataset, "a/b.h5", Ct)).Value.Note.Number);
        Assert.Equal(2, (await notes.AddAsync(ada, "cm1-1", "second", null, null, Ct)).Value.Note.Number);
        Assert.Equal(ErrorCode.Forbidden, (await notes.RemoveAsync(bob, "cm1-1", 2, Ct)).Error?.Code);
        Assert.True((await notes.RemoveAsync(ada, "cm1-1", 2, Ct)).IsOk);
        zone.Time.Advance(TimeSpan.FromDays(2));

        Assert.Equal(ErrorCode.Conflict, (await notes.RemoveAsync(bob, "cm1-1", 1, Ct)).Error?.Code);
        Assert.Equal(3, (await notes.AddAsync(bob, "cm1-1", "third", null, null, Ct)).Value.Note.Number);
        IReadOnlyList<VisitNoteDetails> all = (await notes.ListAsync(ada, "cm1-1", 0, 10, Ct)).Value;
        Assert.Equal([(1, "first"), (3, "third")], all.Select(one => (one.Note.Number, one.Note.Text)));
        Assert.Equal(("cm1-1/data", "a/b.h5"), (all[0].Pinned?.FullName, all[0].Note.Path));
        Assert.Equal(ErrorCode.TooLarge, (await notes.AddAsync(bob, "cm1-1", new string('x', VisitLimits.MaxNoteCharacters + 1), null, null, Ct)).Error?.Code);
    }

    [Fact]
    public async Task The_same_document_again_changes_nothing_and_another_replaces_people_and_samples()
    {
        await using TestZone zone = await OpenAsync();
        await BeamtimeAsync(zone);
        VisitDetails first = (await zone.Services.Visits.FindAsync(await zone.AdminAsync(), "cm1-1", Ct)).Value;

        VisitDetails again = await zone.PutAsync("cm1-1");
        VisitDetails other = await zone.PutAsync("cm1-1", people: [("bob", VisitRole.PrincipalInvestigator), ("gone", VisitRole.Experimenter)]);

        Assert.Equal((first.Visit.Id, first.Visit.End), (again.Visit.Id, again.Visit.End));
        Assert.Equal(first.People, again.People);
        Assert.Equal([new VisitPerson("bob", VisitRole.PrincipalInvestigator)], other.People);
        Assert.Contains("There is no account 'gone'", Assert.Single(other.Notes), StringComparison.Ordinal);
        await zone.Groups.CreateAsync(await zone.AdminAsync(), "lab", null, Ct);
        Assert.Equal(ErrorCode.AlreadyExists, (await zone.Services.Visits.PutAsync(await zone.AdminAsync(), Draft(zone, "lab"), Ct)).Error?.Code);
    }

    /// <summary>A running visit of ada, who manages it, and bob, with a dataset.</summary>
    private static async Task<(Caller Ada, Caller Bob, NameRecord Data)> BeamtimeAsync(TestZone zone)
    {
        await zone.UserAsync("ada");
        await zone.UserAsync("bob");
        await zone.PutAsync("cm1-1");
        (Caller ada, Caller bob) = (await zone.LogInAgainAsync("ada"), await zone.LogInAgainAsync("bob"));
        return (ada, bob, await zone.DatasetAsync(bob, "data", "cm1-1"));
    }

    private static VisitDraft Draft(TestZone zone, string name, int days = 1) => TestVisits.Draft(zone, name, days);
}

/// <summary>Visits of a test zone.</summary>
internal static class TestVisits
{
    /// <summary>The first clock of each zone: a document that comes again names the same times.</summary>
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<TestZone, object> Begun = [];

    public static VisitDraft Draft(TestZone zone, string name, int days = 1)
    {
        var begin = (DateTimeOffset)Begun.GetValue(zone, static one => one.Time.GetUtcNow());
        return new VisitDraft { Name = name, Proposal = "cm1", Instrument = "i04", Begin = begin, End = begin.AddDays(days) };
    }

    /// <summary>Makes a visit, or makes it equal to this.</summary>
    public static async Task<VisitDetails> PutAsync(
        this TestZone zone, string name, int days = 1, int? embargo = null, (string User, VisitRole Role)[]? people = null,
        string[]? creators = null)
    {
        VisitDraft draft = Draft(zone, name, days);
        people ??= [("ada", VisitRole.PrincipalInvestigator), ("bob", VisitRole.Experimenter)];
        return (await zone.Services.Visits.PutAsync(
            await zone.AdminAsync(),
            draft with
            {
                EmbargoEnd = embargo is { } after ? draft.Begin.AddDays(after) : null,
                People = [.. people.Select(one => new VisitPerson(one.User, one.Role))],
                Creators = creators ?? [],
            },
            TestContext.Current.CancellationToken)).Value;
    }

    /// <summary>A new session of an account.</summary>
    public static async Task<Caller> LogInAgainAsync(this TestZone zone, string user) =>
        (await zone.UseAsync(await zone.OpenSessionAsync(user))).Value;
}
