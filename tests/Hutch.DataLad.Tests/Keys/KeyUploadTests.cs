using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using Hutch.DataLad.Tests.Support;
using Hutch.Datasets.Repositories;
using Hutch.Datasets.Versions;
using Hutch.Model;
using Hutch.Model.Records;
using Hutch.Site.Write.Blobs;
using Hutch.Zone.Authorization;

namespace Hutch.DataLad.Tests.Keys;

/// <summary>The content of a key comes in parts: what came stays, and nothing is held before all of it was checked.</summary>
[SuppressMessage("Security", "CA5351", Justification = "Keys of git-annex are made so.")]
public sealed class KeyUploadTests
{
    private const int Size = 20 << 20;
    private const int Half = 12 << 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly byte[] Content = Random();

    private static readonly string Md5Key = $"MD5E-s{Size}--{Convert.ToHexStringLower(MD5.HashData(Content))}.bin";
    private static readonly string Sha256Key = $"SHA256E-s{Size}--{Convert.ToHexStringLower(SHA256.HashData(Content))}.bin";

    public static TheoryData<string> Keys => new(Md5Key, Sha256Key);

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task An_upload_resumes_where_it_stopped_even_after_a_restart(string key)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);

        (HttpStatusCode fresh, string? begin, _) = await server.PartAsync(id, key, [], $"bytes */{Size}");
        (HttpStatusCode first, string? half, _) = await server.PartAsync(id, key, Content[..Half], $"bytes 0-{Half - 1}/{Size}");
        GitAnswer notYet = await server.KeyAsync(id, HttpMethod.Head, key, null);
        await server.RestartAsync();
        (_, string? kept, _) = await server.PartAsync(id, key, [], $"bytes */{Size}");
        (HttpStatusCode last, string? end, _) = await server.PartAsync(id, key, Content[Half..], $"bytes {Half}-{Size - 1}/{Size}");
        GitAnswer got = await server.KeyAsync(id, HttpMethod.Get, key, null);

        Assert.Equal((HttpStatusCode.Accepted, "0"), (fresh, begin));
        Assert.Equal((HttpStatusCode.Accepted, $"{Half}", $"{Half}"), (first, half, kept));
        Assert.Equal(HttpStatusCode.NotFound, notYet.Status);
        Assert.Equal((HttpStatusCode.OK, $"{Size}"), (last, end));
        Assert.Equal(Content, got.Body);
        Assert.Equal(HttpStatusCode.OK, (await server.KeyAsync(id, HttpMethod.Head, key, null)).Status);
    }

    [Fact]
    public async Task Other_content_than_the_key_says_is_refused_whole_and_may_be_sent_again()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        byte[] other = [.. Content];
        other[0] ^= 1;

        await server.PartAsync(id, Md5Key, other[..Half], $"bytes 0-{Half - 1}/{Size}");
        (HttpStatusCode refused, _, string words) = await server.PartAsync(id, Md5Key, other[Half..], $"bytes {Half}-{Size - 1}/{Size}");
        GitAnswer held = await server.KeyAsync(id, HttpMethod.Head, Md5Key, null);
        (_, string? again, _) = await server.PartAsync(id, Md5Key, [], $"bytes */{Size}");
        (HttpStatusCode right, _, _) = await server.PartAsync(id, Md5Key, Content, $"bytes 0-{Size - 1}/{Size}");

        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Contains("other content", words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, held.Status);
        Assert.Equal(("0", HttpStatusCode.OK), (again, right));
    }

    [Fact]
    public async Task A_part_with_a_wrong_offset_or_size_is_refused_and_each_user_has_a_separate_upload()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        string ann = await server.UserAsync("ann");
        await server.PartAsync(id, Md5Key, Content[..Half], $"bytes 0-{Half - 1}/{Size}");

        (HttpStatusCode elsewhere, _, string words) = await server.PartAsync(id, Md5Key, Content[1..2], $"bytes 1-1/{Size}");
        (HttpStatusCode larger, _, _) = await server.PartAsync(id, Md5Key, Content[Half..], $"bytes {Half}-{Size}/{Size + 1}");
        (HttpStatusCode reader, _, _) = await server.PartAsync(id, Md5Key, [], $"bytes */{Size}", ann);
        (HttpStatusCode unknown, _, _) = await server.PartAsync(id, "WORM-s5-m1--a", [], "bytes */5");
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:ann", new { right = "write" });
        (_, string? hers, _) = await server.PartAsync(id, Md5Key, [], $"bytes */{Size}", ann);

        Assert.Equal(HttpStatusCode.Conflict, elsewhere);
        Assert.Contains($"at byte {Half}", words, StringComparison.Ordinal);
        Assert.Equal(
            (HttpStatusCode.BadRequest, HttpStatusCode.Forbidden, HttpStatusCode.UnprocessableEntity), (larger, reader, unknown));
        Assert.Equal("0", hers);
    }

    [Theory]
    [InlineData("bytes 0-0/99999999999999999999")]
    [InlineData("bytes 0-1/2, 3-4/5")]
    public async Task A_range_that_is_not_understood_is_not_taken_for_the_whole(string range)
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);

        (HttpStatusCode refused, _, string words) = await server.PartAsync(id, Md5Key, Content, range);

        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Contains("Content-Range", words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(id, HttpMethod.Head, Md5Key, null)).Status);
    }

    [Fact]
    public async Task Refused_and_empty_uploads_leave_no_push_behind()
    {
        const int MorePushesThanAllowed = 70;
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        var said = new HashSet<HttpStatusCode>();
        for (int i = 0; i < MorePushesThanAllowed; i++)
        {
            string key = $"MD5E-s9--{i:x32}";
            said.Add((await server.PartAsync(id, key, [1], "bytes 5-5/9")).Status);
            said.Add((await server.PartAsync(id, key, [], "bytes 0-8/9")).Status);
            said.Add((await server.PartAsync(id, $"MD5E-s0--{i:x32}", [], "bytes */0")).Status);
        }

        (HttpStatusCode begun, string? reached, _) = await server.PartAsync(id, Md5Key, Content[..Half], $"bytes 0-{Half - 1}/{Size}");

        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.Conflict, HttpStatusCode.RequestEntityTooLarge], said.Order());
        Assert.Equal((HttpStatusCode.Accepted, $"{Half}"), (begun, reached));
    }

    [Fact]
    public async Task A_repeated_last_part_gets_the_same_answer_again()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        await server.PartAsync(id, Md5Key, Content[..Half], $"bytes 0-{Half - 1}/{Size}");
        await server.PartAsync(id, Md5Key, Content[Half..], $"bytes {Half}-{Size - 1}/{Size}");

        (HttpStatusCode sent, string? end, _) = await server.PartAsync(id, Md5Key, Content[Half..], $"bytes {Half}-{Size - 1}/{Size}");
        (HttpStatusCode asked, string? reached, _) = await server.PartAsync(id, Md5Key, [], $"bytes */{Size}");

        Assert.Equal((HttpStatusCode.OK, $"{Size}"), (sent, end));
        Assert.Equal((HttpStatusCode.OK, $"{Size}"), (asked, reached));
    }

    [Fact]
    public async Task An_upload_is_checked_once_though_its_sender_leaves_and_comes_back()
    {
        await using GitServer server = await GitServer.StartAsync();
        var id = new DatasetId(Guid.Parse(await server.NewDatasetAsync("data", isPublic: true)));
        Caller caller = (await server.Authenticator.AuthenticateAsync(server.AdminToken, IPAddress.Loopback, Ct)).Value;
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        int checks = 0;
        async Task<Result<IReadOnlyList<StoredKey>>> CheckAsync(BlobContent content, BlobHash hash, CancellationToken ct)
        {
            Interlocked.Increment(ref checks);
            begun.TrySetResult();
            await goOn.Task.WaitAsync(ct);
            return Result<IReadOnlyList<StoredKey>>.Ok([new StoredKey("MD5-s9--0", hash, 9)]);
        }

        using var leaves = new CancellationTokenSource();
        Task<Result<long>> first = ContinueAsync(0, "some text"u8.ToArray(), leaves.Token);
        await begun.Task.WaitAsync(Ct);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Task<Result<long>> again = ContinueAsync(9, [], Ct);
        goOn.SetResult();

        Assert.Equal(9, (await again).Value);
        Assert.Equal(9, (await ContinueAsync(9, [], Ct)).Value);
        Assert.Equal(1, checks);

        Task<Result<long>> ContinueAsync(long offset, byte[] bytes, CancellationToken ct) => server.Repositories.KeyUploads.ContinueAsync(
            caller, id,
            new KeyPart(new RequestedKey("MD5-s9--0", null, 9), 9, offset, PipeReader.Create(new MemoryStream(bytes)), CheckAsync), Ct, ct);
    }

    [Fact]
    public async Task Two_connections_that_bring_the_first_bytes_of_a_key_at_once_share_one_push()
    {
        await using GitServer server = await GitServer.StartAsync();
        var id = new DatasetId(Guid.Parse(await server.NewDatasetAsync("data", isPublic: true)));
        Caller caller = (await server.Authenticator.AuthenticateAsync(server.AdminToken, IPAddress.Loopback, Ct)).Value;
        var slow = new Pipe(new PipeOptions(pauseWriterThreshold: 4, resumeWriterThreshold: 1));
        Task<Result<long>> first = ContinueAsync(slow.Reader);

        // Returns when the upload has read these bytes. None of them is durable yet.
        await slow.Writer.WriteAsync("some"u8.ToArray(), Ct);
        Task<Result<long>> second = ContinueAsync(PipeReader.Create(new MemoryStream("some text"u8.ToArray())));
        await slow.Writer.CompleteAsync();
        long reached = (await first).Value;
        HutchError? elsewhere = (await second).Error;

        Assert.Equal(4, reached);
        Assert.Equal("4", elsewhere?.Details?["offset"]);

        Task<Result<long>> ContinueAsync(PipeReader body) => server.Repositories.KeyUploads.ContinueAsync(
            caller, id,
            new KeyPart(
                new RequestedKey("MD5-s9--0", null, 9), 9, 0, body,
                static (_, hash, _) => Task.FromResult(Result<IReadOnlyList<StoredKey>>.Ok([new StoredKey("MD5-s9--0", hash, 9)]))),
            Ct, Ct);
    }

    [Fact]
    public async Task An_upload_under_another_size_starts_over()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        byte[] content = "some text"u8.ToArray();
        string key = $"MD5E--{Convert.ToHexStringLower(MD5.HashData(content))}";
        await server.PartAsync(id, key, content[..4], "bytes 0-3/12");

        (_, string? wrong, _) = await server.PartAsync(id, key, [], "bytes */12");
        (_, string? right, _) = await server.PartAsync(id, key, [], "bytes */9");
        (HttpStatusCode sent, string? end, _) = await server.PartAsync(id, key, content, "bytes 0-8/9");

        Assert.Equal(("4", "0"), (wrong, right));
        Assert.Equal((HttpStatusCode.OK, "9"), (sent, end));
    }

    [Fact]
    public async Task Unfinished_uploads_of_one_user_leave_room_for_the_next()
    {
        const int MostOfOneUser = 16;
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        for (int i = 0; i <= MostOfOneUser; i++)
        {
            (HttpStatusCode begun, _, _) = await server.PartAsync(id, $"MD5E-s9--{i:x32}", [1], "bytes 0-0/9");
            Assert.Equal(HttpStatusCode.Accepted, begun);
        }

        var reached = new List<string?>();
        for (int i = 0; i <= MostOfOneUser; i++)
        {
            reached.Add((await server.PartAsync(id, $"MD5E-s9--{i:x32}", [], "bytes */9")).Offset);
        }

        Assert.Equal(MostOfOneUser, reached.Count(static offset => offset == "1"));
        Assert.Equal("1", reached[^1]);
    }

    private static byte[] Random()
    {
        byte[] bytes = new byte[Size];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
