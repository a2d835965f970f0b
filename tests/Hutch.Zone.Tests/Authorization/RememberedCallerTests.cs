using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;
using Hutch.Zone.Tests.Accounts;

namespace Hutch.Zone.Tests.Authorization;

/// <summary>What a caller may do of whom the database could not be asked.</summary>
public sealed class RememberedCallerTests
{
    private static readonly ZoneOptions Remembering = TestZone.Quick with { MaxOffline = TimeSpan.FromSeconds(60) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_but_reading_and_viewing_a_dataset_waits_for_the_database()
    {
        await using TestZone zone = await TestZone.OpenAsync(Remembering);
        Caller admin = await zone.AdminAsync();
        NameRecord mine = await zone.DatasetAsync(admin, "mine");
        Assert.True((await zone.MayAsync(admin, mine, Operation.OwnerChange)).IsOk);

        foreach (Operation operation in Operation.All)
        {
            HutchError? refusal = operation.Target switch
            {
                OperationTarget.Dataset => (await zone.MayAsync(admin.AsRemembered(), mine, operation)).Error,
                OperationTarget.Group => Authorizer.Authorize(admin.AsRemembered(), People.Lab, operation).Error,
                _ => Authorizer.Authorize(admin.AsRemembered(), operation).Error,
            };
            bool isReading = operation == Operation.EntryRead || operation == Operation.DatasetView;
            Assert.Equal((operation.Name, isReading ? null : ErrorCode.Unavailable), (operation.Name, refusal?.Code));
        }
    }

    [Fact]
    public async Task A_remembered_caller_reads_only_recently_authorized_datasets_and_only_for_a_limited_time()
    {
        await using TestZone zone = await TestZone.OpenAsync(Remembering);
        Caller ada = await zone.UserAsync("ada");
        NameRecord read = await zone.DatasetAsync(ada, "read");
        NameRecord unread = await zone.DatasetAsync(ada, "unread");
        Assert.True((await zone.MayAsync(ada, read, Operation.EntryRead)).IsOk);

        Assert.True((await zone.MayAsync(ada.AsRemembered(), read, Operation.EntryRead)).IsOk);
        Assert.Equal(ErrorCode.Unavailable, (await zone.MayAsync(ada.AsRemembered(), unread, Operation.EntryRead)).Error?.Code);
        Assert.Equal(ErrorCode.Unavailable, (await zone.MayAsync(Caller.Anonymous.AsRemembered(), read, Operation.EntryRead)).Error?.Code);
        zone.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.True((await zone.MayAsync(ada.AsRemembered(), read, Operation.EntryRead)).IsOk);
        zone.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(ErrorCode.Unavailable, (await zone.MayAsync(ada.AsRemembered(), read, Operation.EntryRead)).Error?.Code);
    }

    [Fact]
    public async Task A_known_change_invalidates_remembered_rights_until_they_are_read_again()
    {
        await using TestZone zone = await TestZone.OpenAsync(Remembering);
        Caller ada = await zone.UserAsync("ada");
        Caller bob = await zone.UserAsync("bob");
        NameRecord data = await zone.DatasetAsync(ada, "data");
        await zone.Services.Sharing.GrantAsync(ada, data.Dataset, PrincipalKind.User, "bob", Rights.Read, null, Ct);
        Assert.True((await zone.MayAsync(bob, data, Operation.EntryRead)).IsOk);
        Assert.True((await zone.MayAsync(bob.AsRemembered(), data, Operation.EntryRead)).IsOk);

        await zone.Services.Sharing.WithdrawAsync(ada, data.Dataset, PrincipalKind.User, "bob", Ct);

        Assert.Equal(ErrorCode.Unavailable, (await zone.MayAsync(bob.AsRemembered(), data, Operation.EntryRead)).Error?.Code);
        Assert.True((await zone.MayAsync(ada, data, Operation.EntryRead)).IsOk);
        Assert.True((await zone.MayAsync(ada.AsRemembered(), data, Operation.EntryRead)).IsOk);
        Assert.Equal(ErrorCode.Unavailable, (await zone.MayAsync(bob.AsRemembered(), data, Operation.EntryRead)).Error?.Code);
    }
}
