using Hutch.Api;
using Hutch.Api.Tests.Support;
using Hutch.Disk;
using Hutch.Server;
using Hutch.Site;
using Hutch.Testing.Clocks;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Microsoft.AspNetCore.Connections;

namespace Hutch.S3.Tests.Support;

/// <summary>A whole server with its S3 door on a free port, on a folder of its own that goes with it.</summary>
internal sealed class TestDoor : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly ServeOptions _options;
    private readonly bool _isShared;
    private HutchServer _server;
    private int _guests;

    private TestDoor(ServeOptions options, HutchServer server, bool isShared = false)
    {
        _isShared = isShared;
        _options = options;
        _server = server;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(5) })
        {
            Timeout = TimeSpan.FromMinutes(5),
        };
        AdminToken = File.ReadAllText(Path.Combine(Folder, AdminAccount.TokenFileName)).Trim();
    }

    public Uri S3 => _server.Doors.First(static door => door.Door == "S3").Address;

    public Uri Rest => _server.Address;

    public string AdminToken { get; private init; }

    /// <summary>Whose key <see cref="Admin"/> has.</summary>
    public string Owner { get; private init; } = "admin";

    /// <summary>A caller with a key of the administrator; at a shared door, of the account that this test has instead.</summary>
    public S3Caller Admin { get; private set; } = null!;

    /// <summary>A caller without a key.</summary>
    public S3Caller Nobody => new(this, _http, null, null);

    public HttpClient Http => _http;

    public TimeProvider Time => _options.Time;

    /// <summary>The data folder.</summary>
    public string Folder => _options.DataFolder;

    /// <summary>The site behind the door.</summary>
    public SiteServices Site => _server.Site;

    /// <summary>Bytes of all segments: what was ever written.</summary>
    public long StoredBytes => Site.Files.Stored.Bytes;

    public static async Task<TestDoor> StartAsync(
        S3Options? options = null, TimeProvider? time = null, IDisk? disk = null, SiteOptions? site = null, IMemoryPoolFactory<byte>? memory = null)
    {
        S3Options with = options ?? new S3Options { Address = "127.0.0.1:0", StopSeconds = 2 };
        ServeOptions serve = await ServerEngine.GiveAsync(new ServeOptions
        {
            DataFolder = Directory.CreateTempSubdirectory("hutch-s3-").FullName,
            HttpAddress = "127.0.0.1:0",
            Api = new ApiOptions { StopSeconds = 2 },
            Zone = new ZoneOptions { Durable = false },
            SegmentDisk = disk ?? LocalDisk.Instance,
            Site = site ?? new SiteOptions(),
            Time = time ?? TimeProvider.System,
            S3 = with,
            Memory = memory,
        });
        var door = new TestDoor(serve, await HutchServer.StartAsync(serve, TestContext.Current.CancellationToken));
        door.Admin = await door.KeyAsync(door.AdminToken);
        return door;
    }

    /// <summary>The same server for one test of several that share it: with an account of its own, so that none sees the buckets of another.</summary>
    public async Task<TestDoor> ShareAsync()
    {
        string owner = $"tester-{Interlocked.Increment(ref _guests)}";
        string token = await CreateUserAsync(owner);
        return new TestDoor(_options, _server, isShared: true) { Owner = owner, AdminToken = token, Admin = await KeyAsync(token) };
    }

    /// <summary>Stops gracefully and starts again on the same folder.</summary>
    public async Task RestartAsync()
    {
        await _server.DisposeAsync();
        _server = await HutchServer.StartAsync(_options, TestContext.Current.CancellationToken);
    }

    /// <summary>Time passes for the server, whose clock must be movable, and for the log, which may have a clock of its own.</summary>
    public async Task PassAsync(TimeSpan by)
    {
        ((ShiftedTime)Time).Advance(by);
        await ServerEngine.PassAsync(_options, by);
    }

    /// <summary>A new key of whoever has the token.</summary>
    public async Task<S3Caller> KeyAsync(string token, object? wanted = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Rest, "api/v1/tokens"));
        request.Headers.Authorization = new("Bearer", token);
        request.Content = System.Net.Http.Json.JsonContent.Create(wanted ?? new { s3 = true });
        using HttpResponseMessage answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        using var json = System.Text.Json.JsonDocument.Parse(text);
        return new S3Caller(
            this, _http, json.RootElement.GetProperty("accessKey").GetString(), json.RootElement.GetProperty("secretKey").GetString());
    }

    /// <summary>A new account with a key.</summary>
    public async Task<S3Caller> UserAsync(string name) => await KeyAsync(await CreateUserAsync(name));

    /// <summary>Asks the REST interface as the administrator.</summary>
    public async Task<string> RestAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Rest, "api/v1/" + path));
        request.Headers.Authorization = new("Bearer", AdminToken);
        request.Content = body is null ? null : System.Net.Http.Json.JsonContent.Create(body);
        using HttpResponseMessage answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return text;
    }

    /// <summary>Whether something is under way for a user.</summary>
    public bool IsBusy(string user) => Site.Blobs.Work.Registry.Running.Any(request => request.User == user);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_isShared)
        {
            await _server.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task<string> CreateUserAsync(string name)
    {
        string text = await RestAsync(HttpMethod.Post, "users", new { name });
        using var json = System.Text.Json.JsonDocument.Parse(text);
        return json.RootElement.GetProperty("token").GetString()!;
    }
}
