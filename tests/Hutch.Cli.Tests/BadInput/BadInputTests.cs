using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hutch.Api;
using Hutch.Disk.Faults;
using Hutch.Server;
using Hutch.Site;
using Hutch.Site.Write.Blobs;
using Hutch.Storage;
using Hutch.Testing;
using Hutch.Testing.Clocks;
using Hutch.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Limits;

namespace Hutch.Cli.Tests.BadInput;

/// <summary>
/// Everything that people and programs get wrong, done to a real server with the real command, and every word that comes back, in one
/// file: <c>tests/bad-input.txt</c>. It is read as prose whenever it changes; HUTCH_UPDATE_SNAPSHOTS=1 writes it anew.
/// </summary>
public sealed partial class BadInputTests : IAsyncDisposable
{
    private const long ReserveBytes = 600 << 10;

    private readonly TemporaryFolder _folder = new();
    private readonly FaultyDisk _disk = new(1);
    private readonly ShiftedTime _time = new();
    private readonly HttpClient _http = new();
    private HutchServer _server = null!;
    private Person _admin = null!;
    private Person _ada = null!;
    private string _adaToken = "";
    private Transcript _told = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Accepted => Path.Combine(Snapshots.Repository, "tests", "bad-input.txt");

    [Trait("Quick", "no")]
    [Fact]
    public async Task Every_answer_to_bad_input_is_what_was_reviewed_as_prose()
    {
        await StartAsync();
        _told.Say("What people read when they give Hutch bad input: the command or the request, the whole answer, and the exit code or status.");
        _told.Say("Ids, hashes, tokens and times are shown as ID, HASH, TOKEN and TIME, free disk space as N.");

        await DetectorFilesAsync();
        await NamesAsync();
        await ChangingFilesAsync();
        await TokensAsync();
        await StatesAsync();
        await BodiesAsync();
        await FullDisksAsync();
        await VanishingServerAsync();

        Snapshots.Check(Accepted, _told.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        string data = _folder["data"];
        _server = await HutchServer.StartAsync(
            new ServeOptions
            {
                DataFolder = data,
                HttpAddress = "127.0.0.1:0",
                SegmentDisk = _disk,
                Time = _time,
                Api = new ApiOptions { StopSeconds = 2 },
                Zone = new ZoneOptions { Durable = false, Accounts = new AccountOptions { HashIterations = 10 } },
                Site = new SiteOptions
                {
                    Segments = new SegmentOptions { SegmentBytes = 64 << 20, ZeroAheadBytes = 64 << 10, ReserveAheadBytes = 64 << 10, ReserveBytes = ReserveBytes },
                    Blobs = new BlobOptions { ExtentBytes = 512 << 10, PageCacheBytes = 1 << 20 },
                },
            },
            Ct);
        _admin = new Person(Home("admin"), _server.Address, (await File.ReadAllTextAsync(Path.Combine(data, AdminAccount.TokenFileName), Ct)).Trim());
        _adaToken = TokenIn(await _admin.DoAsync("", "user", "create", "ada", "--json"));
        _ada = new Person(Home("ada"), _server.Address, _adaToken);
        _told = new Transcript((_ada.Home, "/home/ada"), (_server.Address.ToString(), "http://SERVER/"), (_server.Address.Authority, "SERVER"));
    }

    private string Home(string name) => Directory.CreateDirectory(_folder[name]).FullName;

    /// <summary>Ada types a command, and it is told what came of it.</summary>
    private Task TryAsync(string what, string folder, params string[] args) => TryAsync(what, _ada, folder, null, args);

    private async Task TryAsync(string what, Person person, string folder, Func<HttpRequestMessage, Task>? before, params string[] args)
    {
        (int code, string shown) = await person.RunAsync(folder, before, args);
        _told.Scene(what, "$ hutch " + string.Join(' ', args), shown, $"exit {code}");
    }

    /// <summary>A program of Ada's sends a request.</summary>
    private async Task SendAsync(string what, HttpMethod method, string path, string body, string? shownBody = null)
    {
        using HttpResponseMessage answer = await RequestAsync(method, path, body);
        string text = await answer.Content.ReadAsStringAsync(Ct);
        JsonElement problem = JsonDocument.Parse(text).RootElement;
        string sent = $"{method} /api/v1/{path}" + (body.Length == 0 ? "" : "\n    " + (shownBody ?? body).Trim().Replace("\n", "\n    ", StringComparison.Ordinal));
        string read = problem.GetProperty("detail").GetString()
            + (problem.TryGetProperty("advice", out JsonElement advice) ? "\n  " + advice.GetString() : "");
        _told.Scene(what, sent, read, $"{(int)answer.StatusCode} {problem.GetProperty("code").GetString()}");
    }

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server.Address, "api/v1/" + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _adaToken);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _http.SendAsync(request, Ct);
    }

    private static string TokenIn(string json) => TextIn(json, "token");

    private static string TextIn(string json, string property) =>
        JsonDocument.Parse(json).RootElement.GetProperty(property).GetString()!;

    /// <summary>For what no .NET name can say, and for disks of any size.</summary>
    private static async Task<(int Code, string Shown)> ShellAsync(string folder, string script, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-ec", script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process shell = Process.Start(start)!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync(Ct);
        string errors = await shell.StandardError.ReadToEndAsync(Ct);
        await shell.WaitForExitAsync(Ct);
        return (shell.ExitCode, await output + errors);
    }
}
