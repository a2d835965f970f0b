using System.Text;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>Changes that must outlive the machine are stored elsewhere before they are acknowledged (H1).</summary>
public sealed class ZoneSafeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accounts_roles_and_revoked_tokens_are_stored_before_they_are_acknowledged()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        var safe = new PlayedSafe(zone);
        zone.Services.KeepIn(safe);
        Caller admin = await zone.AdminAsync();

        Caller ada = await zone.UserAsync("ada");
        int afterAccount = safe.Stored;
        bool hasAccount = safe.Content.Contains("ada", StringComparison.Ordinal);
        bool hadRole = safe.Content.Contains("auditor", StringComparison.Ordinal);
        await zone.Accounts.ChangeUserAsync(admin, "ada", new AccountPatch { Roles = [Role.Auditor] }, Ct);
        int afterRole = safe.Stored;
        bool hasRole = safe.Content.Contains("auditor", StringComparison.Ordinal);
        await zone.Tokens.RevokeAsync(admin, ada.Token!.Id, Ct);
        int afterToken = safe.Stored;
        await zone.DatasetAsync(admin, "scan");

        Assert.Equal((1, 2, 3), (afterAccount, afterRole, afterToken));
        Assert.True(hasAccount);
        Assert.False(hadRole);
        Assert.True(hasRole);
        Assert.Equal(3, safe.Stored);
        Assert.Single(Directory.GetFiles(Path.Combine(zone.Folder, "zone-copies"), "*-kept.db"));
    }

    [Fact]
    public async Task Nothing_is_changed_while_the_store_is_away()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        zone.Services.KeepIn(new PlayedSafe(zone) { Refusal = ErrorCode.Unavailable.With("The bucket is away.") });
        Caller admin = await zone.AdminAsync();

        Result<CreatedAccount> refused = await zone.Accounts.CreateUserAsync(admin, "ada", null, [], Ct);

        Assert.Equal(ErrorCode.Unavailable, refused.Error?.Code);
        Assert.DoesNotContain((await zone.Accounts.ListUsersAsync(admin, null, 10, Ct)).Value, static one => one.User.Name == "ada");
    }

    [Fact]
    public async Task A_change_that_was_not_stored_is_in_effect_and_not_acknowledged()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        zone.Services.KeepIn(new PlayedSafe(zone) { Failure = ErrorCode.Unavailable.With("The bucket is full.") });
        Caller admin = await zone.AdminAsync();

        Result<CreatedAccount> unknown = await zone.Accounts.CreateUserAsync(admin, "ada", null, [], Ct);

        Assert.Equal("outcome-unknown", unknown.Error?.Code.Name);
        Assert.Contains("is in effect at this server", unknown.Error!.Message, StringComparison.Ordinal);
        Assert.Contains((await zone.Accounts.ListUsersAsync(admin, null, 10, Ct)).Value, static one => one.User.Name == "ada");
    }

    [Fact]
    public async Task The_newest_copy_has_the_last_name_also_after_the_clock_went_back()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        var safe = new PlayedSafe(zone);
        zone.Services.KeepIn(safe);
        await zone.UserAsync("ada");

        zone.Time.Advance(TimeSpan.FromHours(-3));
        await zone.UserAsync("bob");

        Assert.Contains("bob", safe.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_of_a_lost_account_gets_that_account_back_disabled_and_never_an_administrator()
    {
        await using TestZone zone = await TestZone.OpenAsync();
        Caller admin = await zone.AdminAsync();
        var dataset = new DatasetId(Guid.NewGuid());

        bool adopted = await zone.Services.Names.AdoptAsync(dataset, "ada", "scan", Ct);

        NameRecord name = Assert.Single(await zone.Services.Names.ListAllAsync(null, 10, Ct));
        AccountDetails owner = Assert.Single((await zone.Accounts.ListUsersAsync(admin, null, 10, Ct)).Value, static one => one.User.Name == "ada");
        Assert.True(adopted);
        Assert.Equal("ada/scan", name.FullName);
        Assert.NotNull(owner.User.DisabledAt);
        Assert.False((await zone.MayAsync(admin, name, Operation.EntryRead)).IsOk);
    }

    private sealed class PlayedSafe(TestZone zone) : IZoneSafe
    {
        public int Stored { get; private set; }

        public string Content { get; private set; } = "";

        public HutchError? Refusal { get; init; }

        public HutchError? Failure { get; init; }

        public ValueTask<HutchError?> FindRefusalAsync(CancellationToken ct) => new(Refusal);

        public async Task<Result<Done>> StoreAsync(CancellationToken ct)
        {
            if (Failure is { } failure)
            {
                return failure;
            }

            string newest = Directory.GetFiles(Path.Combine(zone.Folder, "zone-copies"), "zone-2*").Order(StringComparer.Ordinal).Last();
            Content = await File.ReadAllTextAsync(newest, Encoding.Latin1, ct);
            Stored++;
            return Done.Value;
        }
    }
}
