using System.Runtime.Versioning;
using Hutch.Model;
using Hutch.Peers.Postgres;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>As the class says, in <c>zone.db</c>.</summary>
public sealed class EmbeddedAdminAccountTests() : AdminAccountTests(null);

[SupportedOSPlatform("linux")]
public abstract class AdminAccountTests(PostgresServer? server) : OnBothEngines(server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_start_makes_an_administrator_whose_token_only_the_owner_of_the_files_can_read()
    {
        await using TestZone zone = await OpenAsync();

        string path = Path.Combine(zone.Folder, "admin.token");
        Assert.Equal(path, zone.Services.FirstStartTokenPath);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Caller admin = await zone.AdminAsync();
        Assert.Equal("admin", admin.Name);
        Assert.True(admin.Roles.Contains(Role.Administrator));
        Assert.Equal(TokenScopes.All, admin.Scope.Scopes);
        Assert.Null(admin.ExpiresAt);
    }

    [Fact]
    public async Task The_files_of_the_zone_are_readable_by_their_owner_only()
    {
        await using TestZone zone = await OpenAsync();

        Assert.All(
            Directory.GetFiles(zone.Folder, "*", SearchOption.AllDirectories),
            path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
    }

    [Fact]
    public async Task Later_starts_leave_the_account_and_its_token_alone()
    {
        await using TestZone zone = await OpenAsync();
        string token = zone.AdminToken;

        await zone.ReopenAsync();

        Assert.Null(zone.Services.FirstStartTokenPath);
        Assert.Equal(token, zone.AdminToken);
        Assert.Equal("admin", (await zone.LogInAsync(token)).Name);
    }

    [Fact]
    public async Task A_token_file_left_by_a_crash_before_the_account_was_made_is_replaced()
    {
        string folder = Directory.CreateTempSubdirectory("hutch-zone-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "admin.token"), "hutch_left_over\n", Ct);

        await using (ZoneServices services = await ZoneServices.OpenAsync(
            Disk.LocalDisk.Instance, folder, new ZoneOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, static () => { }, Ct))
        {
            string token = (await File.ReadAllTextAsync(Path.Combine(folder, "admin.token"), Ct)).Trim();
            Assert.Equal("admin", (await services.Authenticator.AuthenticateAsync(token, null, Ct)).Value.Name);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_operator_on_the_machine_can_recover_the_account_and_old_tokens_end()
    {
        await using TestZone zone = await OpenAsync();
        string before = zone.AdminToken;
        Caller admin = await zone.AdminAsync();
        await zone.UserAsync("ada", Role.Administrator);
        await zone.Accounts.ChangeUserAsync(admin, "admin", new AccountPatch { Disabled = true }, Ct);

        string path = (await zone.Services.RecoverAdminAsync(Ct)).Value;

        Assert.Equal(ErrorCode.Unauthenticated, (await zone.TryLogInAsync(before)).Error?.Code);
        Caller recovered = await zone.LogInAsync((await File.ReadAllTextAsync(path, Ct)).Trim());
        Assert.True(recovered.Roles.Contains(Role.Administrator));
    }
}
