using Hutch.Api.Tests.Support;
using Hutch.Worker;

namespace Hutch.Api.Tests.Contract;

/// <summary>The door for the addresses of single frames. What they open is tested with the runs that send them.</summary>
public sealed class FrameAddressTests
{
    [Fact]
    public async Task No_log_and_no_answer_has_the_secret_of_an_address()
    {
        var log = new LogLines();
        await using TestServer server = await TestServer.StartAsync(log: log, verbose: true, analysis: new AnalysisWorkerOptions { Threads = 1 });

        string unknown = $"frames/{Guid.NewGuid():N}?signature=f00dfeed";
        Answer refused = await server.Nobody.GetAsync(unknown);
        while (refused.Status == 503)
        {
            // The server gets the lease for handing out frames shortly after its start.
            await Task.Delay(20, TestContext.Current.CancellationToken);
            refused = await server.Nobody.GetAsync(unknown);
        }

        (await server.Nobody.GetAsync("frames/none?signature=f00dfeed")).MustRefuse(404, "not-found");

        refused.MustRefuse(404, "not-found");
        Assert.DoesNotContain("f00dfeed", refused.Json.GetRawText(), StringComparison.Ordinal);
        // A request is logged after its answer was sent.
        while (!log.All.Any(line => line.Contains("/api/v1/frames/none answered 404", StringComparison.Ordinal)))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.DoesNotContain(log.All, line => line.Contains("f00dfeed", StringComparison.Ordinal));
    }
}
