using System.Net;
using System.Text;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Objects.Http;
using Hutch.Testing.Clocks;

namespace Hutch.Client.Tests.Http;

public sealed class HutchClientTests : IDisposable
{
    private readonly ScriptedHandler _server = new();
    private readonly HutchClient _client;

    public HutchClientTests() => _client = new HutchClient(
        new Uri("http://localhost:1/"),
        "secret",
        new HutchClientOptions { Handler = _server, Retry = HttpRetry.Default with { Time = new InstantTime() } });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task A_problem_becomes_the_refusal_it_describes()
    {
        _server.Answer(409, "application/problem+json", """{"code":"dataset-open","detail":"lysozyme is open.","requestId":"r1","base":3,"title":"x","new-in-a-later-version":[1]}""");

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => _client.GetCallerAsync(Cancel));

        Assert.Equal(ErrorCode.DatasetOpen, refusal.Error.Code);
        Assert.Equal("lysozyme is open.", refusal.Error.Message);
        Assert.Equal("3", refusal.Error.Details!["base"]);
        Assert.Equal("r1", refusal.Error.Details["requestId"]);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_for_five_seconds_is_reported_once_and_the_request_keeps_waiting()
    {
        var time = new ManualTime();
        var told = new List<string>();
        using var server = new SilentHandler();
        using var client = new HutchClient(
            new Uri("http://localhost:1/"), "secret", new HutchClientOptions { Handler = server, Retry = HttpRetry.Default with { Time = time }, Waiting = told.Add });

        Task<CallerInfo> asking = client.GetCallerAsync(Cancel);
        await server.Asked;
        time.Advance(TimeSpan.FromSeconds(4.9));
        int early = told.Count;
        time.Advance(TimeSpan.FromSeconds(0.1));
        string[] late = [.. told];
        time.Advance(TimeSpan.FromSeconds(60));
        server.Answer("""{"user":"ada"}""");
        CallerInfo caller = await asking;
        time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal("ada", caller.User);
        Assert.Equal(0, early);
        Assert.Equal(["localhost:1 has not answered for 5 s; still waiting."], late);
        Assert.Equal(late, told);
    }

    [Fact]
    public async Task A_refusal_that_this_version_does_not_know_keeps_its_words_and_status()
    {
        _server.Answer(418, "application/problem+json", """{"code":"teapot","title":"A teapot","detail":"I am one.","status":418,"advice":"Make tea."}""");

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => _client.GetCallerAsync(Cancel));

        Assert.Equal(new ErrorCode("teapot", 418, "A teapot", "Make tea."), refusal.Error.Code);
    }

    [Theory]
    [InlineData(401, "unauthenticated")]
    [InlineData(404, "not-found")]
    [InlineData(507, "insufficient-storage")]
    [InlineData(500, "internal")]
    [InlineData(400, "bad-request")]
    public async Task A_refusal_without_words_is_known_by_its_status(int status, string code)
    {
        _server.Answer(status, "text/html", "<html>a proxy</html>");

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => _client.GetCallerAsync(Cancel));

        Assert.Equal(code, refusal.Error.Code.Name);
    }

    [Fact]
    public async Task Members_of_a_newer_server_are_ignored_in_answers()
    {
        _server.Answer(200, "application/json", """{"user":"alice","shoeSize":42}""");

        Assert.Equal("alice", (await _client.GetCallerAsync(Cancel)).User);
    }

    [Fact]
    public async Task An_answer_that_is_no_JSON_says_what_to_check()
    {
        _server.Answer(200, "text/html", "<html>");

        BadAnswerException failure = await Assert.ThrowsAsync<BadAnswerException>(() => _client.GetCallerAsync(Cancel));

        Assert.Contains("Is it a Hutch server?", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_safe_request_is_sent_again_until_the_server_is_back()
    {
        _server.Fail(new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        _server.Fail(new HttpRequestException(HttpRequestError.ResponseEnded, "reset"));
        _server.Answer(503, "text/plain", "");
        _server.Answer(200, "application/json", """{"user":"alice"}""");

        Assert.Equal("alice", (await _client.GetCallerAsync(Cancel)).User);
        Assert.Equal(4, _server.Count);
    }

    [Fact]
    public async Task A_server_that_is_away_is_waited_for()
    {
        for (int i = 0; i < 10; i++)
        {
            _server.Fail(new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
            _server.Answer(502, "text/html", "<html>a proxy</html>");
        }

        _server.Answer(200, "application/json", """{"user":"alice"}""");
        using var client = new HutchClient(
            new Uri("http://localhost:1/"),
            "secret",
            new HutchClientOptions { Handler = _server, Retry = HttpRetry.Default with { Time = new InstantTime() }, Wait = TimeSpan.FromHours(1) });

        Assert.Equal("alice", (await client.GetCallerAsync(Cancel)).User);
        Assert.Equal(21, _server.Count);
    }

    [Fact]
    public async Task Retries_are_bounded_and_the_error_gives_the_last_reason()
    {
        for (int i = 0; i < 10; i++)
        {
            _server.Fail(new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        }

        ServerUnreachableException failure = await Assert.ThrowsAsync<ServerUnreachableException>(() => _client.GetCallerAsync(Cancel));

        Assert.Equal("http://localhost:1 does not answer: refused.", failure.Message);
        Assert.Equal(5, _server.Count);
    }

    [Fact]
    public async Task A_request_that_may_have_been_done_is_not_sent_twice()
    {
        _server.Fail(new HttpRequestException(HttpRequestError.ResponseEnded, "reset"));

        await Assert.ThrowsAsync<ServerUnreachableException>(() => _client.CreateTokenAsync(new CreateToken(), Cancel));

        Assert.Equal(1, _server.Count);
    }

    [Fact]
    public async Task A_request_that_never_reached_the_server_is_sent_again()
    {
        _server.Fail(new HttpRequestException(HttpRequestError.ConnectionError, "refused"));
        _server.Answer(201, "application/json", """{"id":"1","token":"t"}""");

        Assert.Equal("t", (await _client.CreateTokenAsync(new CreateToken(), Cancel)).Token);
    }

    [Fact]
    public async Task A_wait_that_the_server_asks_for_is_kept_and_one_that_is_too_long_is_passed_on()
    {
        _server.Answer(429, "text/plain", "", retryAfterSeconds: 3600);

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => _client.GetCallerAsync(Cancel));

        Assert.Equal(ErrorCode.TooManyRequests, refusal.Error.Code);
        Assert.Equal(1, _server.Count);
    }

    [Fact]
    public async Task A_stream_that_was_cut_is_seen()
    {
        _server.Answer(200, HutchMediaTypes.Lines, """{"path":"a","kind":"directory"}""" + "\n");
        using FixedListing<EntryInfo> listing = await _client.ListFilesAsync(default, null, ct: Cancel);

        BadAnswerException failure = await Assert.ThrowsAsync<BadAnswerException>(() => listing.Lines.ToListAsync(Cancel).AsTask());

        Assert.Equal("The response was cut off before its last line.", failure.Message);
    }

    [Fact]
    public async Task A_stream_that_ends_with_a_problem_is_that_refusal()
    {
        _server.Answer(200, HutchMediaTypes.Lines, """{"path":"a","kind":"directory"}""" + "\n" + """{"end":false,"problem":{"code":"quarantined","detail":"damaged"}}""");
        using FixedListing<EntryInfo> listing = await _client.ListFilesAsync(default, null, ct: Cancel);

        HutchException refusal = await Assert.ThrowsAsync<HutchException>(() => listing.Lines.ToListAsync(Cancel).AsTask());

        Assert.Equal(ErrorCode.Quarantined, refusal.Error.Code);
    }

    [Fact]
    public async Task A_list_follows_its_cursor_to_the_end_past_empty_pages()
    {
        _server.Answer(200, "application/json", """{"items":[{"name":"a"}],"next":"x y"}""");
        _server.Answer(200, "application/json", """{"items":[],"next":"empty"}""");
        _server.Answer(200, "application/json", """{"items":[{"name":"b"}]}""");

        List<GroupInfo> groups = await _client.ListGroupsAsync(Cancel).ToListAsync(Cancel);

        Assert.Equal(["a", "b"], groups.Select(g => g.Name));
        Assert.Equal("/api/v1/groups?cursor=empty", _server.Last!.RequestUri!.PathAndQuery);
    }

    [Fact]
    public async Task Paths_are_escaped_part_by_part()
    {
        _server.Answer(200, "application/octet-stream", "");

        await _client.GetEntryHashAsync(default, null, "a b/ü?#%.txt", Cancel);

        Assert.EndsWith("/entries/a%20b/%C3%BC%3F%23%25.txt", _server.Last!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://hutch.example.org")]
    [InlineData("http://192.168.1.1:8470")]
    [InlineData("http://localhost.example.org")]
    public void A_token_is_never_sent_in_the_open(string remote)
    {
        HutchException refusal = Assert.Throws<HutchException>(() => new HutchClient(new Uri(remote), "secret"));

        Assert.Contains("plain HTTP", refusal.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8470")]
    [InlineData("http://[::1]:8470")]
    [InlineData("http://localhost")]
    [InlineData("https://hutch.example.org")]
    public void A_token_may_go_to_this_machine_or_over_TLS(string remote)
    {
        using var client = new HutchClient(new Uri(remote), "secret");

        Assert.Equal(remote + "/", client.Remote.ToString());
    }

    /// <summary>Gives the answers it was told to, one after the other.</summary>
    /// <summary>Takes a request, and answers when the test says so.</summary>
    private sealed class SilentHandler : HttpMessageHandler
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<HttpResponseMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Asked => _asked.Task;

        internal void Answer(string body) =>
            _answer.SetResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") });

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _asked.SetResult();
            return _answer.Task.WaitAsync(cancellationToken);
        }
    }

    private sealed class ScriptedHandler : HttpMessageHandler
    {
        private readonly Queue<Func<HttpResponseMessage>> _script = [];

        internal int Count { get; private set; }

        internal HttpRequestMessage? Last { get; private set; }

        internal void Answer(int status, string type, string body, int? retryAfterSeconds = null) => _script.Enqueue(() =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };
            if (retryAfterSeconds is { } seconds)
            {
                response.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
            }

            return response;
        });

        internal void Fail(Exception failure) => _script.Enqueue(() => throw failure);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            Last = request;
            HttpResponseMessage response = _script.Dequeue()();
            response.RequestMessage = request;
            return Task.FromResult(response);
        }
    }
}
