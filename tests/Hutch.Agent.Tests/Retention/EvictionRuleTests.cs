using Hutch.Agent.Retention.Eviction;
using Hutch.Model;

namespace Hutch.Agent.Tests.Retention;

/// <summary>Files of the facility may leave in one case only; each case beside it is refused, in words.</summary>
public sealed class EvictionRuleTests
{
    private static readonly DatasetId Dataset = new(Guid.Parse("3f2504e0-4f89-11d3-9a0c-0305e82c3301"));
    private static readonly BlobHash Snapshot = BlobHash.Of("snapshot"u8);
    private static readonly FolderContents Ready = new(IsClosed: true, UnhashedFiles: 0, Snapshot, HasChanged: false);
    private static readonly SiteCopy Brno = new("brno", Rules.Ended, IsHeld: true);
    private static readonly SiteCopy Praha = new("praha", Rules.Ended.AddDays(-6), IsHeld: true);

    [Fact]
    public void Files_may_leave_when_enough_other_sites_have_read_again_what_they_hold()
    {
        EvictionDecision decision = Decide(Ready, Attest(Brno, Praha));

        Assert.True(decision.IsAllowed);
        Assert.Equal(["brno", "praha"], decision.Sites);
    }

    [Fact]
    public void Without_the_permission_of_the_folders_rule_nothing_leaves() => AssertRefused(
        "'evict' is off for this folder", EvictionRule.Decide(Rules.Of("60d"), Dataset, Ready, Attest(Brno, Praha), Rules.Ended));

    [Fact]
    public void What_may_still_change_stays()
    {
        AssertRefused("the dataset is not closed, so it may still change", Decide(Ready with { IsClosed = false }, Attest(Brno, Praha)));
        AssertRefused(
            "12 of its files are not hashed yet, so they cannot be compared", Decide(Ready with { UnhashedFiles = 12 }, Attest(Brno, Praha)));
        AssertRefused("there is no snapshot that other sites could have copied", Decide(Ready with { Snapshot = null }, Attest(Brno, Praha)));
        AssertRefused("the folder differs from the last snapshot", Decide(Ready with { HasChanged = true }, Attest(Brno, Praha)));
    }

    [Fact]
    public void Too_few_copies_are_no_copies()
    {
        AssertRefused("0 of the required 2 other sites have a verified copy", Decide(Ready, Attest()));
        AssertRefused("1 of the required 2 other sites have a verified copy", Decide(Ready, Attest(Brno)));
        AssertRefused("1 of the required 2 other sites have a verified copy", Decide(Ready, Attest(Brno, Brno with { CheckedAt = Praha.CheckedAt })));
    }

    [Fact]
    public void A_copy_counts_only_when_it_was_read_again_lately_and_is_held()
    {
        AssertRefused(
            "1 of the required 2 other sites have a verified copy; praha last verified it on 2026-11-12",
            Decide(Ready, Attest(Brno, Praha with { CheckedAt = Rules.Ended.AddDays(-8) })));
        AssertRefused(
            "1 of the required 2 other sites have a verified copy; praha reports a time in the future",
            Decide(Ready, Attest(Brno, Praha with { CheckedAt = Rules.Ended.AddHours(2) })));
        AssertRefused(
            "1 of the required 2 other sites have a verified copy; praha has not promised to keep it",
            Decide(Ready, Attest(Brno, Praha with { IsHeld = false })));
    }

    [Fact]
    public void A_clock_that_was_set_back_by_years_makes_no_copy_good() =>
        Assert.False(Decide(Ready, Attest(Brno, Praha), Rules.Ended.AddYears(-5)).IsAllowed);

    [Fact]
    public void Copies_of_another_snapshot_or_dataset_are_no_copies()
    {
        const string Other = "the other sites answered for another version of the dataset";
        AssertRefused(Other, Decide(Ready, new Attestation(Dataset, BlobHash.Of("older"u8), [Brno, Praha])));
        AssertRefused(Other, Decide(Ready, new Attestation(new DatasetId(Guid.NewGuid()), Snapshot, [Brno, Praha])));
    }

    [Fact]
    public void When_nobody_can_tell_nothing_leaves() => AssertRefused(
        "the other sites could not be asked: no route to host",
        Decide(Ready, ErrorCode.Unavailable.With("the other sites could not be asked: no route to host.")));

    [Fact]
    public async Task An_installation_of_one_site_never_lets_files_leave() => AssertRefused(
        "there is no other site that could hold a copy",
        Decide(Ready, await new NoOtherSites().AttestAsync(Dataset, Snapshot, TestContext.Current.CancellationToken)));

    private static EvictionDecision Decide(FolderContents contents, Result<Attestation> attested, DateTimeOffset? now = null) =>
        EvictionRule.Decide(Rules.Of("60d", evict: true), Dataset, contents, attested, now ?? Rules.Ended);

    private static Result<Attestation> Attest(params SiteCopy[] copies) => new Attestation(Dataset, Snapshot, copies);

    private static void AssertRefused(string because, EvictionDecision decision)
    {
        Assert.False(decision.IsAllowed);
        Assert.Empty(decision.Sites);
        Assert.Equal($"Hutch removes nothing here: {because}.", decision.Reason);
    }
}
