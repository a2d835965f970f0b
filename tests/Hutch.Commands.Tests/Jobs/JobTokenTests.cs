using System.Net;
using System.Text;
using Hutch.Client;
using Hutch.Client.Tests.Fakes;
using Hutch.Commands.Jobs;
using Hutch.Testing.Clocks;

namespace Hutch.Commands.Tests.Jobs;

/// <summary>The token of a command: asked for, renewed while the command runs, and ended with it.</summary>
public sealed class JobTokenTests : IDisposable
{
    private readonly FakeServer _server = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _told = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task It_is_renewed_while_the_command_runs_and_revoked_when_that_has_ended()
    {
        var renewed = new SemaphoreSlim(0);
        _server.Intercept = request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/renew", StringComparison.Ordinal))
            {
                renewed.Release();
            }

            return Answer(request.Method == HttpMethod.Delete ? HttpStatusCode.NoContent : HttpStatusCode.OK, """{"id":"0123456789abcdef","token":"hutch_step"}""");
        };
        using HutchClient client = _server.Connect();

        JobToken? step = await JobToken.TryCreateAsync(client, [_server.Dataset], _server.Dataset, _time, _told.Add, Ct);
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(JobToken.RenewEvery);
            await renewed.WaitAsync(Ct);
        }

        string text = step!.Text;
        await step.DisposeAsync();
        _time.Advance(2 * JobToken.RenewEvery);

        Assert.Equal("hutch_step", text);
        Assert.Equal(
            ["POST steps", "POST steps/0123456789abcdef/renew", "POST steps/0123456789abcdef/renew", "POST steps/0123456789abcdef/renew", "DELETE steps/0123456789abcdef"],
            _server.Requests.Select(request => request.Replace("/api/v1/", "", StringComparison.Ordinal)));
        Assert.Empty(_told);
    }

    [Fact]
    public async Task A_command_runs_without_a_token_of_its_own_and_reports_that_if_the_server_creates_none()
    {
        _server.Intercept = static _ => Answer(HttpStatusCode.NotFound, """{"title":"Not found","status":404,"code":"not-found","detail":"There is no endpoint POST."}""");
        using HutchClient client = _server.Connect();

        JobToken? step = await JobToken.TryCreateAsync(client, [_server.Dataset], _server.Dataset, _time, _told.Add, Ct);

        Assert.Null(step);
        Assert.StartsWith("The command gets no token of its own: ", Assert.Single(_told), StringComparison.Ordinal);
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string json) =>
        new(status) { Content = new StringContent(json, Encoding.UTF8, status == HttpStatusCode.NotFound ? "application/problem+json" : "application/json") };
}
