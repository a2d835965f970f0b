using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Writing;

/// <summary>Without the home of a dataset nothing is changed, and nothing waits until it is back.</summary>
public sealed class LostHomeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_is_refused_when_its_home_goes_away_in_the_middle_and_while_it_is_away_and_nothing_comes_later()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer site = await SiteServer.StartAsync("new");
        await site.JoinAsync(zone, "archive");
        DatasetId home = await TwoSites.MakeAsync(site.Admin, "result");
        await using SiteServer third = await SiteServer.StartAsync("new");
        await third.JoinAsync(zone, "compute");
        await UntilWrittenAsync(third, home);
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, third.Address.Port, Ct);
        await using NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"PUT /api/v1/datasets/{home}/entries/cut.txt HTTP/1.1\r\nHost: site\r\nAuthorization: Bearer {third.AdminToken}\r\n"
                + "Content-Length: 1000\r\n\r\nhalf"),
            Ct);
        await UntilUnderWayAsync(site);

        await site.StopAsync();
        using var answer = new StreamReader(stream, Encoding.UTF8);
        string? broken = await answer.ReadLineAsync(Ct);
        (HttpStatusCode Status, string Words) away = await PutAsync(third, home, "away.txt", new StringContent("two"));
        await site.StartAgainAsync();

        Assert.Equal("HTTP/1.1 503 Service Unavailable", broken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.Status);
        Assert.Contains("Nothing was changed", away.Words, StringComparison.Ordinal);
        foreach (string path in new[] { "cut.txt", "away.txt" })
        {
            Assert.StartsWith("404", await Copied.AnswerAsync(site.Address, site.AdminToken, $"datasets/{home}/entries/{path}"), StringComparison.Ordinal);
        }
    }

    /// <summary>Waits until the home has begun with a write that was passed on: beside the question itself, something is under way.</summary>
    private static async Task UntilUnderWayAsync(SiteServer home)
    {
        while (!(await Copied.AnswerAsync(home.Address, home.AdminToken, "activity")).Contains("\"running\":2", StringComparison.Ordinal))
        {
            await Task.Delay(20, Ct);
        }
    }

    /// <summary>Waits until another write gets through.</summary>
    private static async Task UntilWrittenAsync(SiteServer site, DatasetId id)
    {
        while ((await PutAsync(site, id, "through.txt", new StringContent("through"))).Status is not (HttpStatusCode.Created or HttpStatusCode.NoContent))
        {
            await Task.Delay(20, Ct);
        }
    }

    private static async Task<(HttpStatusCode Status, string Words)> PutAsync(SiteServer site, DatasetId id, string path, HttpContent content)
    {
        using var http = new HttpClient { BaseAddress = site.Address };
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/v1/datasets/{id}/entries/{path}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", site.AdminToken);
        using HttpResponseMessage answer = await http.SendAsync(request, Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}
