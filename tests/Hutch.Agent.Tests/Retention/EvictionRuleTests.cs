using Hutch.Agent.Retention.Eviction;
using Hutch.Model;

namespace Hutch.Agent.Tests.Retention;

/// <summary>Files of the facility may leave in one case only; each case beside it is refused, in words.</summary>
public sealed class EvictionRuleTests
{
    private static readonly FolderContents Ready = new(IsClosed: true, UnhashedFiles: 0, BlobHash.Compute("snapshot"u8), HasChanged: false);

    [Fact]
    public void Files_can_be_evicted_when_enough_other_sites_hold_copies_they_have_verified()
    {
        EvictionDecision decision = Decide(HoldersState.Held, ["brno", "praha"])!;

        Assert.True(decision.IsAllowed);
        Assert.Equal(
            "Every file has a verified copy that brno and praha will keep until released, so Hutch removes the files here.", decision.Reason);
    }

    [Fact]
    public void Without_the_permission_of_the_folders_rule_nothing_leaves() =>
        AssertRefused("'evict' is off for this folder", EvictionRule.FindRefusal(Rules.From("60d"), Ready));

    [Fact]
    public void What_may_still_change_stays()
    {
        AssertRefused("the dataset is not closed, so it may still change", RefuseHere(Ready with { IsClosed = false }));
        AssertRefused("12 of its files are not hashed yet, so they cannot be compared", RefuseHere(Ready with { UnhashedFiles = 12 }));
        AssertRefused("there is no snapshot that other sites could have copied", RefuseHere(Ready with { Snapshot = null }));
        AssertRefused("the folder differs from the last snapshot", RefuseHere(Ready with { HasChanged = true }));
        Assert.Null(RefuseHere(Ready));
    }

    [Fact]
    public void Until_other_sites_have_answered_nothing_leaves()
    {
        EvictionDecision waits = Decide(HoldersState.Asked, ["brno"], "praha: It reads its copy anew.")!;

        AssertRefused(
            "other sites are reading their copies again, and at least 2 must hold one; praha: It reads its copy anew", waits);
        Assert.True(waits.IsWaiting);
        Assert.Null(Decide(HoldersState.None, []));
    }

    [Fact]
    public void Fewer_holders_than_the_rule_wants_now_are_too_few() =>
        AssertRefused("'copies' is 2 now, and 1 of the sites that were asked hold it", Decide(HoldersState.Held, ["brno"]));

    [Fact]
    public void A_dataset_that_is_being_recalled_is_not_evicted() =>
        AssertRefused("the dataset is being recalled, and other sites are released", Decide(HoldersState.Ending, ["brno", "praha"]));

    private static EvictionDecision? RefuseHere(FolderContents contents) => EvictionRule.FindRefusal(Rules.From("60d", evict: true), contents);

    private static EvictionDecision? Decide(HoldersState state, string[] sites, params string[] problems) =>
        EvictionRule.Decide(Rules.From("60d", evict: true), new HoldersAnswer(state, sites, problems));

    private static void AssertRefused(string because, EvictionDecision? decision)
    {
        Assert.False(decision!.IsAllowed);
        Assert.Equal($"Hutch removes nothing here: {because}.", decision.Reason);
    }
}
