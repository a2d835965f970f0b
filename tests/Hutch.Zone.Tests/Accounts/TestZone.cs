using System.Net;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Logins;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>A zone in a folder that goes when the test ends, with the account admin, and short ways to people and their tokens.</summary>
internal sealed class TestZone : IAsyncDisposable
{
    public static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly DirectoryInfo _folder;

    private TestZone(DirectoryInfo folder, FakeTime time, ZoneServices services)
    {
        _folder = folder;
        Time = time;
        Services = services;
    }

    /// <summary>A zone that waits for no disk and hashes quickly.</summary>
    public static ZoneOptions Quick => new() { Durable = false, Accounts = new AccountOptions { HashIterations = 10 } };

    public FakeTime Time { get; }

    public ZoneServices Services { get; private set; }

    public string Folder => _folder.FullName;

    public AccountService Accounts => Services.Accounts;

    public string AdminToken => File.ReadAllText(Path.Combine(Folder, AdminAccount.TokenFileName)).Trim();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<TestZone> OpenAsync(ZoneOptions? options = null, FakeTime? clock = null)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hutch-zone-");
        FakeTime time = clock ?? new FakeTime();
        return new TestZone(folder, time, await OpenServicesAsync(folder, time, options));
    }

    public async Task ReopenAsync(ZoneOptions? options = null)
    {
        await Services.DisposeAsync();
        Services = await OpenServicesAsync(_folder, Time, options);
    }

    public Task<Result<Caller>> TryLogInAsync(string? token, IPAddress? address = null) =>
        Services.Authenticator.AuthenticateAsync(token, address ?? Here, Ct).AsTask();

    public async Task<Caller> LogInAsync(string? token, IPAddress? address = null) => (await TryLogInAsync(token, address)).Value;

    public Task<Caller> AdminAsync() => LogInAsync(AdminToken);

    /// <summary>A new account, logged in with its first token.</summary>
    public async Task<Caller> UserAsync(string name, params Role[] roles) => await LogInAsync(await UserTokenAsync(name, roles));

    /// <summary>A new account's first token.</summary>
    public async Task<string> UserTokenAsync(string name, params Role[] roles) =>
        (await Accounts.CreateUserAsync(await AdminAsync(), name, null, roles, Ct)).Value.Token.Secret.Reveal();

    /// <summary>A token of the caller's, made and logged in with.</summary>
    public async Task<Caller> TokenAsync(Caller caller, TokenRequest request) =>
        await LogInAsync((await Accounts.CreateTokenAsync(caller, request, Ct)).Value.Secret.Reveal());

    /// <summary>A new dataset of the caller's.</summary>
    public async Task<NameRecord> DatasetAsync(Caller owner, string slug, string? group = null)
    {
        AccountName? name = group is null ? null : AccountName.Parse(group).Value;
        return (await Services.Names.ReserveAsync(owner, new DatasetId(Guid.NewGuid()), name, Slug.Parse(slug).Value, Ct)).Value;
    }

    /// <summary>Begins a session of an account with a one-time link.</summary>
    public async Task<StartedSession> OpenSessionAsync(string user)
    {
        IssuedLoginLink link = (await Services.Logins.CreateLinkAsync(await AdminAsync(), user, Ct)).Value;
        return (await Services.Logins.RedeemAsync(link.Code.Reveal(), new LoginOrigin(Here, "test"), Ct)).Value;
    }

    /// <summary>Who a session is.</summary>
    public Task<Result<Caller>> UseAsync(StartedSession session) =>
        Services.Authenticator.AuthenticateSessionAsync(session.Secret.Reveal(), Here, Ct).AsTask();

    /// <summary>The caller as it is now, after groups or roles changed.</summary>
    public async Task<Caller> NowAsync(Caller caller) => (await Services.Authenticator.RefreshAsync(caller, Ct)).Value;

    public Task<Result<Access>> MayAsync(Caller caller, NameRecord dataset, Operation operation) =>
        Services.Authorizer.AuthorizeAsync(caller, dataset.Dataset, operation, Ct).AsTask();

    public async Task<string[]> AuditAsync() =>
        [.. (await Accounts.ReadAuditAsync(await AdminAsync(), new AuditSpan(), 1000, Ct)).Value.Select(a => $"{a.Actor.Name} {a.Action} {a.Target} {a.Detail}".TrimEnd())];

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<ZoneServices> OpenServicesAsync(DirectoryInfo folder, FakeTime time, ZoneOptions? options) =>
        await ZoneServices.OpenAsync(
            LocalDisk.Instance, folder.FullName, options ?? Quick, time, NullLoggerFactory.Instance, static () => { }, Ct);
}
