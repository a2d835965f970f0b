using FsCheck;
using FsCheck.Fluent;
using Hutch.Model.Placement;
using Hutch.Model.Records;
using Hutch.Model.Reproducing;
using Hutch.Model.Sites;

namespace Hutch.Model.Tests.Reproducing;

/// <summary>Whether bytes may go because a program computes them again.</summary>
public sealed class ReproductionRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private static readonly DatasetId Results = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly DatasetId Scan = new(new Guid(2, 0, 0, new byte[8]));
    private static readonly DatasetId Image = new(new Guid(3, 0, 0, new byte[8]));
    private static readonly Guid Run = new(4, 0, 0, new byte[8]);

    /// <summary>One change of the facts for each refusal, several where it has several causes.</summary>
    private static readonly (ReproductionRefusal Kind, Func<ReproductionFacts, ReproductionFacts> Change)[] Obstacles =
    [
        (ReproductionRefusal.Elsewhere, static facts => facts with { IsHome = false }),
        (ReproductionRefusal.NotPresent, static facts => facts with { IsPresent = false }),
        (ReproductionRefusal.Open, static facts => facts with { IsClosed = false }),
        (ReproductionRefusal.Temporary, static facts => facts with { IsTemporary = true }),
        (ReproductionRefusal.InFolder, static facts => facts with { IsInFolder = true }),
        (ReproductionRefusal.HasEviction, static facts => facts with { Eviction = EvictionState.Wanted }),
        (ReproductionRefusal.HasEviction, static facts => facts with { Eviction = EvictionState.Held }),
        (ReproductionRefusal.Published, static facts => facts with { IsPublished = true }),
        (ReproductionRefusal.HasCopies, static facts => facts with { Copies = 1 }),
        (ReproductionRefusal.NoRule, static facts => facts with { Rules = [] }),
        (ReproductionRefusal.NoRule, static facts => facts with { Rules = [Rule("serve where a=1"), Rule("home where a=1")] }),
        (ReproductionRefusal.NeedsCopies, static facts => facts with { Rules = [.. facts.Rules, Rule("1 copy where site=x")] }),
        (ReproductionRefusal.NoStatement, static facts => facts with { Statement = null }),
        (ReproductionRefusal.ForeignStatement, static facts => facts with { IsOfZone = false }),
        (ReproductionRefusal.OtherSite, static facts => facts with { IsCounted = false }), // C7
        (ReproductionRefusal.OldStatement, static facts => Say(facts, one => one with { At = Now.AddDays(-30).AddTicks(-1) })),
        (ReproductionRefusal.OldStatement, static facts => facts with { Now = Now.AddDays(31) }),
        (ReproductionRefusal.OldStatement, static facts => facts with { Rules = [.. facts.Rules, Rule("1 copy | reproducible within 1 day where a=1")], Now = facts.Now.AddDays(2) }),
        (ReproductionRefusal.FutureStatement, static facts => Say(facts, one => one with { At = Now.AddMinutes(6) })),
        (ReproductionRefusal.Different, static facts => Say(facts, one => one with { Different = 1, Files = 4 })),
        (ReproductionRefusal.Tolerance, static facts => Say(facts, one => one with { Within = 1, Files = 4 })),
        (ReproductionRefusal.Tolerance, static facts => Say(facts, one => one with { Equal = 0, Files = 0 })),
        (ReproductionRefusal.NotIsolated, static facts => Say(facts, one => one with { Isolated = null })),
        (ReproductionRefusal.NotIsolated, static facts => Say(facts, one => one with { Isolated = false })),
        (ReproductionRefusal.OtherResults, static facts => Say(facts, one => one with { Tree = Hash(8) })),
        (ReproductionRefusal.OtherResults, static facts => Say(facts, one => one with { Dataset = Scan })),
        (ReproductionRefusal.OtherResults, static facts => facts with { Roots = [.. facts.Roots, Hash(9)] }),
        (ReproductionRefusal.OtherResults, static facts => facts with { Roots = [] }),
        (ReproductionRefusal.OtherVersions, static facts => facts with { Roots = [Hash(9), .. facts.Roots] }),
        (ReproductionRefusal.NoRun, static facts => facts with { Run = null }),
        (ReproductionRefusal.NoRun, static facts => facts with { Run = facts.Run! with { IsDone = false } }),
        (ReproductionRefusal.NoRun, static facts => Say(facts, static one => one with { Run = Guid.Empty })),
        (ReproductionRefusal.Parts, static facts => facts with { Run = facts.Run! with { HasParts = true } }),
        (ReproductionRefusal.NoDocument, static facts => facts with { Run = facts.Run! with { Digest = null } }),
        (ReproductionRefusal.OtherProgram, static facts => Say(facts, static one => one with { Digest = "other" })),
        (ReproductionRefusal.NoImage, static facts => facts with { Run = facts.Run! with { HasImage = false } }),
        (ReproductionRefusal.Network, static facts => facts with { Run = facts.Run! with { HasNetwork = true } }),
        (ReproductionRefusal.NoEngine, static facts => facts with { Run = facts.Run! with { Problem = "It is gone." } }),
        (ReproductionRefusal.TooManyKept, static facts => facts with { Kept = null }),
        (ReproductionRefusal.OtherInputs, static facts => Say(facts, static one => one with { Inputs = [one.Inputs[0]] })),
        (ReproductionRefusal.OtherInputs, static facts => Say(facts, static one => one with { Inputs = [one.Inputs[0], one.Inputs[1] with { Snapshot = 3 }] })),
        (ReproductionRefusal.OtherInputs, static facts => facts with { Inputs = [] }),
        (ReproductionRefusal.OwnInput, static facts => With(facts, one => one with { Version = one.Version with { Dataset = Results } })),
        (ReproductionRefusal.InputElsewhere, static facts => With(facts, static one => one with { IsHere = false })),
        (ReproductionRefusal.InputChanged, static facts => With(facts, static one => one with { Root = null })),
        (ReproductionRefusal.InputChanged, static facts => With(facts, static one => one with { Root = Hash(9) })),
        (ReproductionRefusal.InputReproducedOnly, static facts => With(facts, static one => one with
        {
            Eviction = one.Eviction! with { State = EvictionState.Evicted, Reproduction = new Reproduction(Run, Run, Hash(1), 0, [], []) },
        })),
        (ReproductionRefusal.InputNotHeld, static facts => With(facts, static one => one with { Eviction = null })),
        (ReproductionRefusal.InputNotHeld, static facts => With(facts, static one => one with { Eviction = one.Eviction! with { State = EvictionState.Wanted } })),
        (ReproductionRefusal.InputNotHeld, static facts => With(facts, static one => one with { Eviction = one.Eviction! with { State = EvictionState.Recalling } })),
        (ReproductionRefusal.InputNotHeld, static facts => With(facts, static one => one with { Eviction = one.Eviction! with { State = EvictionState.Evicted } })),
        (ReproductionRefusal.InputNotHeld, static facts => With(facts, static one => one with { Eviction = one.Eviction! with { Asked = [new EvictionHolder("archive", null)] } })),
        (ReproductionRefusal.InputNotHeld, static facts => With(facts, static one => one with { HeldBy = new HashSet<string>() })),
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Obstacles.Length)];

    [Fact]
    public void A_new_statement_about_equal_bytes_with_inputs_that_two_sites_hold_permits_it()
    {
        ReproductionFacts facts = Good();
        Reproduction proof = ReproductionRule.Decide(facts).Value;

        Assert.Equal((Run, facts.Statement!.Rerun, facts.Statement.Key, facts.Kept), (proof.Run, proof.Rerun, proof.Key, proof.Kept));
        Assert.Equal(facts.Run!.Inputs, proof.Inputs);
        Assert.True(ReproductionRule.Decide(Say(facts, static one => one with { At = Now.AddDays(-30) })).IsOk);
        Assert.True(ReproductionRule.Decide(facts with { Rules = [Rule("1 copy | reproducible where a=1"), Rule("serve where a=1")], Now = Now.AddDays(89) }).IsOk);
        Assert.True(ReproductionRule.Decide(With(facts, static one => one with
        {
            Eviction = one.Eviction! with { State = EvictionState.Evicted, Asked = [new EvictionHolder("archive", "p"), new EvictionHolder("tapes", "p")] },
            HeldBy = new HashSet<string> { "archive", "tapes" },
        })).IsOk);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_obstacle_refuses_it_by_its_own_name(int number)
    {
        (ReproductionRefusal kind, Func<ReproductionFacts, ReproductionFacts> change) = Obstacles[number];
        HutchError error = ReproductionRule.Decide(change(Good())).Error!;

        Assert.Equal(kind.ToString(), error.Details!["refusal"]);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.Equal("Nothing was evicted.", error.Code.Advice);
    }

    [Fact]
    public void No_reason_to_refuse_lacks_a_case() =>
        Assert.Equal(Enum.GetValues<ReproductionRefusal>(), Obstacles.Select(static one => one.Kind).Distinct().Order());

    [Fact]
    public void Obstacles_never_make_up_for_one_another() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            ReproductionFacts facts = Good();
            foreach (int number in Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(Obstacles.Length)))
            {
                if (facts is { Statement.Inputs.Count: 2, Run: not null, Inputs: [_, { Eviction: not null }], Rules.Count: > 0 })
                {
                    facts = Obstacles[number].Change(facts);
                }
            }

            Assert.True(MayGo(facts) == ReproductionRule.Decide(facts).IsOk, ReproductionRule.Decide(facts).Error?.Message ?? "permitted");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    /// <summary>All conditions at once, in another form than that of the rule.</summary>
    private static bool MayGo(ReproductionFacts facts)
    {
        int?[] days = [.. facts.Rules.Where(static rule => rule.Kind == PlacementRuleKind.Copies).Select(static rule => rule.ProofDays)];
        return facts is { IsHome: true, IsPresent: true, IsClosed: true, IsTemporary: false, IsInFolder: false, Eviction: null }
            && facts is { IsPublished: false, Copies: 0, IsOfZone: true, IsCounted: true, Kept: not null, Roots.Count: > 0 }
            && facts.Run is { IsDone: true, HasParts: false, HasImage: true, HasNetwork: false, Problem: null }
            && facts.Statement is { Different: 0, Within: 0, Equal: > 0, Isolated: true } said
            && days.Length > 0 && days.All(one => facts.Now - said.At <= TimeSpan.FromDays(one ?? -1000000)) && said.At - facts.Now < TimeSpan.FromMinutes(6)
            && (said.Dataset, said.Run, said.Digest) == (facts.Dataset, facts.Run.Id, facts.Run.Digest)
            && facts.Roots.All(root => root == said.Tree)
            && facts.Inputs.Count == 2 && said.Inputs.Count == 2
            && facts.Inputs.Zip(said.Inputs, facts.Run.Inputs).All(one => one.First.Version == one.Third
                && one.First.Version == new VersionReference(one.Second.Dataset, one.Second.Snapshot, one.Second.Root)
                && one.Third.Dataset != facts.Dataset && one.First.IsHere && one.First.Root == one.Third.Root && Holders(one.First) >= 2);
    }

    private static int Holders(ReproductionInput input) => input.Eviction is not { Reproduction: null } held ? 0
        : held.Asked.Where(one => one.Proof == "proof").Select(static one => one.SiteId).Intersect(input.HeldBy).Count() is var others
            && held.State == EvictionState.Held ? others + 1 : held.State == EvictionState.Evicted ? others : 0;

    private static ReproductionFacts Good()
    {
        VersionReference[] inputs = [new(Scan, 2, Hash(2)), new(Image, 1, Hash(3))];
        return new ReproductionFacts
        {
            Dataset = Results,
            Name = "ada/volume",
            IsHome = true,
            IsPresent = true,
            IsClosed = true,
            IsTemporary = false,
            IsInFolder = false,
            Eviction = null,
            IsPublished = false,
            Copies = 0,
            Rules = [Rule("1 copy | reproducible within 30 days where site=facility")],
            Roots = [Hash(1), Hash(1)],
            Statement = Statement(inputs),
            IsOfZone = true,
            IsCounted = true,
            Run = new ReproducibleRun(Run, true, "digest", true, false, false, null, inputs),
            Inputs = [.. inputs.Select(Input)],
            Kept = [Hash(7)],
            Now = Now,
        };
    }

    private static RerunStatement Statement(VersionReference[] inputs) => new()
    {
        Kind = RerunStatement.Purpose,
        Site = "cesnet",
        Key = Hash(5),
        At = Now,
        Run = Run,
        Dataset = Results,
        Snapshot = 1,
        Tree = Hash(1),
        Rerun = new Guid(6, 0, 0, new byte[8]),
        Results = new DatasetId(new Guid(7, 0, 0, new byte[8])),
        ResultsSnapshot = 1,
        Program = "fit",
        Version = "1",
        Digest = "digest",
        Inputs = [.. inputs.Select(static one => new RerunInput(one.Dataset, one.Snapshot, one.Root))],
        Files = 3,
        Equal = 3,
        Within = 0,
        Different = 0,
        ByNature = 1,
        Isolated = true,
    };

    private static ReproductionInput Input(VersionReference version) => new(
        version, "ada/input", true,
        new Eviction
        {
            State = EvictionState.Held,
            Nonce = Hash(4),
            Holders = 1,
            Asked = [new EvictionHolder("archive", "proof"), new EvictionHolder("away", null)],
            Versions = [1, 2],
            Since = 0,
            By = "ada",
            KeepsBytes = true,
        },
        version.Root, new HashSet<string> { "archive", "away" });

    private static ReproductionFacts Say(ReproductionFacts facts, Func<RerunStatement, RerunStatement> change) =>
        facts with { Statement = change(facts.Statement!) };

    /// <summary>Changes the second input. One with another version is read in that version by both runs.</summary>
    private static ReproductionFacts With(ReproductionFacts facts, Func<ReproductionInput, ReproductionInput> change)
    {
        ReproductionInput changed = change(facts.Inputs[1]);
        VersionReference[] inputs = [facts.Inputs[0].Version, changed.Version];
        return facts with
        {
            Inputs = [facts.Inputs[0], changed],
            Run = facts.Run! with { Inputs = inputs },
            Statement = facts.Statement! with { Inputs = [.. inputs.Select(static one => new RerunInput(one.Dataset, one.Snapshot, one.Root))] },
        };
    }

    private static PlacementRule Rule(string text) => PlacementRule.Parse(text).Value;

    private static BlobHash Hash(byte number) => BlobHash.Compute([number]);
}
