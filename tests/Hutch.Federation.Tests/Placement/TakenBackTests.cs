using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Placement;

/// <summary>What somebody has asked for by hand can be taken back; what a rule wants, such as a pin, stays all the same.</summary>
public sealed class TakenBackTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HutchClient Admin => sites.Zone.Admin;

    [Fact]
    public async Task A_copy_that_was_asked_for_by_hand_is_released_when_that_is_taken_back_unless_it_is_pinned()
    {
        DatasetId pinned = await sites.MakeCopiedAsync("pinned");
        DatasetId free = await sites.MakeCopiedAsync("free");
        RuleInfo pin = await Admin.AddRuleAsync(
            pinned, new AddDatasetRule { Rule = "1 copy where site=archive", Until = DateTimeOffset.UtcNow.AddDays(7) }, Ct);

        await Admin.WithdrawCopyAsync(pinned, "archive", Ct);
        await Admin.WithdrawCopyAsync(free, "archive", Ct);
        CopyInfo released = await Copied.UntilAsync(Admin, free, "archive", static copy => copy.State == "released");
        CopyInfo kept = Assert.Single((await Admin.GetCopiesAsync(pinned, Ct)).Items);
        await Admin.RemoveRuleAsync(pin.Number, Ct);
        await Copied.UntilAsync(Admin, pinned, "archive", static copy => copy.State == "released");

        Assert.Equal("complete", kept.State);
        Assert.Equal("was asked for until admin took that back", kept.Reason);
        Assert.NotNull(released.Reason);
    }

    [Fact]
    public async Task Withdrawing_a_copy_twice_succeeds_and_withdrawing_a_missing_copy_returns_not_found()
    {
        DatasetId id = await sites.MakeCopiedAsync("twice");
        await Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        DatasetId other = await TwoSites.MakeAsync(Admin, "never");

        await Admin.WithdrawCopyAsync(id, "archive", Ct);
        await Admin.WithdrawCopyAsync(id, "archive", Ct);
        var never = await Assert.ThrowsAsync<HutchException>(() => Admin.WithdrawCopyAsync(other, "archive", Ct));
        var nowhere = await Assert.ThrowsAsync<HutchException>(() => Admin.WithdrawCopyAsync(id, "nowhere", Ct));

        Assert.Equal((ErrorCode.NotFound, ErrorCode.NotFound), (never.Error.Code, nowhere.Error.Code));
    }
}
