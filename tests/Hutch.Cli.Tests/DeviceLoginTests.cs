using System.Net;
using System.Text;
using Hutch.Commands.Hosting;
using Hutch.Model;

namespace Hutch.Cli.Tests;

public sealed class DeviceLoginTests : IDisposable
{
    private readonly CommandLine _line = new();
    private int _asked;

    public DeviceLoginTests() => _line.Environment.Clear();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task The_code_is_shown_and_the_token_that_comes_is_tried_and_kept()
    {
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath switch
        {
            "/api/v1/login/device" => Json("""{"handle":"the-handle","userCode":"ABCD-EFGH","verificationUri":"https://id.example.org/device","interval":5,"expires":"2026-11-20T12:00:00Z"}"""),
            "/api/v1/login/device/token" => ++_asked < 3
                ? new HttpResponseMessage(HttpStatusCode.Accepted)
                : Json("""{"user":"alice","token":"hutch_1_secret"}"""),
            _ when request.Headers.Authorization?.Parameter == "hutch_1_secret" => Json("""{"user":"alice"}"""),
            _ => throw new HttpRequestException("wrong token"),
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("login", "127.0.0.1:8470", "--device"));

        Assert.Equal("Logged in to http://127.0.0.1:8470 as alice.\n", _line.Out);
        Assert.Contains("https://id.example.org/device in a browser and enter the code ABCD-EFGH", _line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the-handle", _line.Out + _line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hutch_1_secret", _line.Out + _line.Error, StringComparison.Ordinal);
        Assert.Equal(3, _asked);
        string config = await File.ReadAllTextAsync(_line.Folder[".config/hutch/config"], TestContext.Current.CancellationToken);
        Assert.Contains("hutch_1_secret", config, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_login_is_reported_and_saves_no_configuration()
    {
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath == "/api/v1/login/device"
            ? Json("""{"handle":"h","userCode":"A","verificationUri":"https://id.example.org/device","interval":5,"expires":"2026-11-20T12:00:00Z"}""")
            : _line.Server.Reject(ErrorCode.LoginRefused, "The login was refused in the browser.");

        Assert.Equal(ExitCode.Forbidden, await _line.RunAsync("login", "127.0.0.1:8470", "--device"));

        Assert.Contains("hutch: The login was refused in the browser.", _line.Error, StringComparison.Ordinal);
        Assert.False(_line.Folder.Has(".config/hutch/config"));
    }

    [Fact]
    public async Task No_token_is_asked_for_over_plain_HTTP_from_another_machine()
    {
        Assert.Equal(ExitCode.Usage, await _line.RunAsync("login", "http://hutch.example.org", "--device"));

        Assert.Contains("plain HTTP", _line.Error, StringComparison.Ordinal);
        Assert.Empty(_line.Server.Requests);
    }

    private static HttpResponseMessage Json(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
}
