using System.Net;
using System.Text;
using Hutch.Catalog.Postgres;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Signatures;
using Hutch.Model.Zone;
using Hutch.Testing.Clocks;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;
using Hutch.Zone.Logins;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>A zone that goes when the test ends, with the account admin, and short ways to people and their tokens.</summary>
internal sealed class TestZone : IAsyncDisposable
{
    public static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly DirectoryInfo _folder;
    private readonly PostgresAddress? _postgres;

    private TestZone(DirectoryInfo folder, PostgresAddress? postgres, ManualTime time, ZoneServices services)
    {
        _folder = folder;
        _postgres = postgres;
        Time = time;
        Services = services;
    }

    /// <summary>How it was opened.</summary>
    public ZoneOptions? Options { get; private init; }

    /// <summary>A zone that waits for no disk and hashes quickly.</summary>
    public static ZoneOptions Quick => new() { Durable = false, Accounts = new AccountOptions { HashIterations = 10 } };

    public ManualTime Time { get; }

    public ZoneServices Services { get; private set; }

    public string Folder => _folder.FullName;

    public AccountService Accounts => Services.Accounts;

    public GroupService Groups => Services.Groups;

    public TokenService Tokens => Services.Tokens;

    public HandOverService HandOvers => Services.HandOvers;

    public string AdminToken => File.ReadAllText(Path.Combine(Folder, AdminAccount.TokenFileName)).Trim();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Opens a new zone.</summary>
    /// <param name="options">How it is kept; null for <see cref="Quick"/>.</param>
    /// <param name="clock">Its clock; null for one of its own.</param>
    /// <param name="database">The address of an empty database in PostgreSQL; null for <c>zone.db</c>.</param>
    /// <param name="prepare">What is done to its folder before; null for nothing.</param>
    public static async Task<TestZone> OpenAsync(
        ZoneOptions? options = null, ManualTime? clock = null, string? database = null, Action<string>? prepare = null) =>
        await OpenAsync(options, clock ?? new ManualTime(), database is null ? null : PostgresAddress.Parse(database).Value, prepare);

    /// <summary>Servers of a new zone in PostgreSQL that start at the same time.</summary>
    public static async Task<TestZone[]> OpenServersAsync(int count, string database)
    {
        PostgresAddress postgres = PostgresAddress.Parse(database).Value;
        var time = new ManualTime();
        return await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => OpenAsync(null, time, postgres, prepare: null))));
    }

    /// <summary>Another server of the same zone, which is in PostgreSQL.</summary>
    public Task<TestZone> OpenOtherServerAsync(ZoneOptions? options = null) => OpenAsync(options, Time, _postgres!, prepare: null);

    public async Task ReopenAsync(ZoneOptions? options = null)
    {
        await Services.DisposeAsync();
        Services = await OpenServicesAsync(_folder, _postgres, Time, options);
    }

    public Task<Result<Caller>> TryLogInAsync(string? token, IPAddress? address = null) =>
        Services.Authenticator.AuthenticateAsync(token, address ?? Here, Ct).AsTask();

    public async Task<Caller> LogInAsync(string? token, IPAddress? address = null) => (await TryLogInAsync(token, address)).Value;

    public Task<Caller> AdminAsync() => LogInAsync(AdminToken);

    /// <summary>Who signs with a key for the S3 door, in the way that needs no date.</summary>
    public Task<Result<S3Signer>> SignAsync(string tokenId, string secret)
    {
        const string Text = "GET /data";
        return Services.S3.AuthenticateAsync(
            new S3Proof(S3Keys.AccessKeyOf(tokenId), null, Text, SigV2.Sign(secret, Text), []), Here, Ct).AsTask();
    }

    /// <summary>A new account, logged in with its first token.</summary>
    public async Task<Caller> UserAsync(string name, params Role[] roles) => await LogInAsync(await UserTokenAsync(name, roles));

    /// <summary>A new account's first token.</summary>
    public async Task<string> UserTokenAsync(string name, params Role[] roles) =>
        (await Accounts.CreateUserAsync(await AdminAsync(), name, null, [.. roles], Ct)).Value.Token.Secret.Reveal();

    /// <summary>A token of the caller's, made and logged in with.</summary>
    public async Task<Caller> TokenAsync(Caller caller, TokenRequest request) =>
        await LogInAsync((await Tokens.CreateAsync(caller, request, Ct)).Value.Secret.Reveal());

    /// <summary>A new dataset of the caller's.</summary>
    public async Task<NameRecord> DatasetAsync(Caller owner, string slug, string? group = null)
    {
        AccountName? name = group is null ? null : AccountName.Parse(group).Value;
        return (await Services.Names.ReserveAsync(owner, new DatasetId(Guid.NewGuid()), name, Slug.Parse(slug).Value, Ct)).Value;
    }

    /// <summary>Begins a session of an account with a one-time link.</summary>
    public async Task<StartedSession> OpenSessionAsync(string user)
    {
        IssuedLoginLink link = (await Services.LoginLinks.CreateLinkAsync(await AdminAsync(), user, Ct)).Value;
        return (await Services.LoginLinks.RedeemAsync(link.Code.Reveal(), new LoginOrigin(Here, "test"), Ct)).Value;
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

    /// <summary>Every value in the database, as text and as the bytes of its file: to look for what must not be there.</summary>
    public async Task<string> ReadEverythingAsync()
    {
        if (_postgres is null)
        {
            return string.Concat(Directory.GetFiles(Folder, "zone.db*").Select(path => File.ReadAllText(path, Encoding.Latin1)));
        }

        await using NpgsqlDataSource source = NpgsqlDataSource.Create(
            $"Host={_postgres.Host};Port={_postgres.Port};Username={_postgres.User};Database={_postgres.Database};Pooling=false");
        await using NpgsqlCommand ask = source.CreateCommand(
            "SELECT schema_to_xml('hutch_zone', true, false, '')::text || (SELECT string_agg(encode(secret_hash, 'escape'), '') FROM hutch_zone.tokens)");
        return (string)(await ask.ExecuteScalarAsync(Ct))!;
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<TestZone> OpenAsync(ZoneOptions? options, ManualTime time, PostgresAddress? postgres, Action<string>? prepare)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hutch-zone-");
        prepare?.Invoke(folder.FullName);
        return new TestZone(folder, postgres, time, await OpenServicesAsync(folder, postgres, time, options)) { Options = options };
    }

    private static async Task<ZoneServices> OpenServicesAsync(
        DirectoryInfo folder, PostgresAddress? postgres, ManualTime time, ZoneOptions? options) =>
        await ZoneServices.OpenAsync(
            LocalDisk.Instance, folder.FullName,
            (options ?? Quick) with { Postgres = postgres is null ? null : new PostgresDatabase(postgres, PostgresPassword.From(null)) }, time,
            NullLoggerFactory.Instance, static () => { }, Ct);
}
