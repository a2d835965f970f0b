using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

public sealed class FairnessTests
{
    private const int Downloads = 64;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>
    /// 64 connections ask for a large file and do not read what comes. Each gets its turn, since who waits for the network gives its place up. Small
    /// requests of others need none: all of them are answered while not one of the downloads comes to its end.
    /// </summary>
    [Fact]
    public async Task Small_requests_are_answered_while_64_downloads_are_stalled()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        string large = await ada.DatasetAsync("large");
        byte[] content = RandomNumberGenerator.GetBytes(48 << 20);
        (await ada.SendAsync(HttpMethod.Put, $"datasets/{large}/entries/big", new ByteArrayContent(content))).Must(201);
        string small = await bob.DatasetAsync("small");
        (await bob.PutAsync($"datasets/{small}/entries/first", "hello")).Must(201);

        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var begun = new CountdownEvent(Downloads);
        Task[] downloads = [.. Enumerable.Range(0, Downloads).Select(_ => DownloadAsync(http, server, ada, large, begun, enough.Token))];
        await Task.Run(() => begun.Wait(Ct), Ct);

        for (int i = 0; i < 100; i++)
        {
            (await bob.PutAsync($"datasets/{small}/entries/f{i}", $"content {i}")).Must(201);
            Assert.Equal($"content {i}", (await bob.GetAsync($"datasets/{small}/entries/f{i}")).Must(200).Text);
        }

        // Large files of others go on too: no user takes every place.
        byte[] another = RandomNumberGenerator.GetBytes(9 << 20);
        (await bob.SendAsync(HttpMethod.Put, $"datasets/{small}/entries/big", new ByteArrayContent(another))).Must(201);
        Assert.Equal(another, (await bob.GetAsync($"datasets/{small}/entries/big")).Must(200).Bytes);

        // Small pieces out of the same large file are no downloads: they go before those that wait.
        (await ada.PutJsonAsync($"datasets/{large}/grants/user:bob", new { right = "read" })).Must(200);
        for (int i = 0; i < 20; i++)
        {
            Answer piece = await bob.GetAsync($"datasets/{large}/entries/big", ("Range", $"bytes={i * 2_000_000}-{(i * 2_000_000) + 99}"));
            Assert.Equal(content[(i * 2_000_000)..((i * 2_000_000) + 100)], piece.Must(206).Bytes);
        }

        JsonElement activity = (await server.Admin.GetAsync("activity")).Must(200).Json;
        Assert.Equal(Downloads, activity.GetProperty("transfers").EnumerateArray().Count(transfer => transfer.GetProperty("class").GetString() == "bulk"));
        Assert.All(downloads, download => Assert.False(download.IsCompleted));
        await enough.CancelAsync();
        await Task.WhenAll(downloads);
    }

    /// <summary>Asks for the file and takes nothing of it, until told that it is enough.</summary>
    private static async Task DownloadAsync(HttpClient http, TestServer server, TestCaller caller, string dataset, CountdownEvent begun, CancellationToken enough)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, $"/api/v1/datasets/{dataset}/entries/big"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller.Token);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, enough);
            begun.Signal();
            await Task.Delay(Timeout.InfiniteTimeSpan, enough);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // It was enough.
        }
    }
}
