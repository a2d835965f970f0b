using System.Formats.Tar;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Pushes over HTTP: negotiate, upload, commit; and that a hash opens nothing.</summary>
public sealed class PushTests
{
    [Fact]
    public async Task A_push_uploads_only_missing_blobs_and_swaps_the_head_in_one_step()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("pushed");
        byte[][] blobs = [.. Enumerable.Range(0, 600).Select(i => Blobs.Random(i, 5000 + i))];
        string session = await StartAsync(server.Admin, id);

        Answer missing = (await server.Admin.PostLinesAsync($"sessions/{session}/negotiate", [.. blobs.Select(Offer)])).Must(200);
        Assert.Equal(blobs.Select(Blobs.Hash).Order(), missing.Lines.SkipLast(1).Select(line => line.GetString()!).Order());
        Answer receipt = (await server.Admin.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar(blobs))).Must(200);
        Assert.Equal(600, receipt.Json.GetProperty("received").GetInt64());
        Assert.Equal(blobs.Sum(blob => (long)blob.Length), receipt.Json.GetProperty("bytes").GetInt64());
        Assert.Equal(0, (await server.Admin.GetAsync("datasets/" + id)).Json.GetProperty("files").GetInt64());
        Answer committed = await CommitAsync(server.Admin, session, null, [.. blobs.Select((blob, i) => Put($"d{i % 7}/f{i}", blob))]);

        Assert.Equal(1, committed.Must(200).Json.GetProperty("number").GetInt64());
        Assert.Equal("push", committed.Json.GetProperty("kind").GetString());
        Answer files = (await server.Admin.GetAsync($"datasets/{id}/files")).Must(200);
        Assert.Equal("1", files.Headers["X-Hutch-Snapshot"]);
        Assert.Equal(601, files.Lines.Count);
        Assert.StartsWith("{\"end\":true", files.Text.Split('\n')[600]);
        Answer fetched = (await server.Admin.PostLinesAsync($"datasets/{id}/fetch?at=1", [.. blobs.Reverse().Select(Blobs.Hash)])).Must(200);
        Assert.Equal(blobs.Reverse().Select(blob => "blobs/" + Blobs.Hash(blob)), Blobs.ReadTar(fetched.Bytes).Select(member => member.Name));
        Assert.All(Blobs.ReadTar(fetched.Bytes), member => Assert.Equal(member.Name, "blobs/" + Blobs.Hash(member.Bytes)));
    }

    [Fact]
    public async Task A_second_push_of_the_same_bytes_uploads_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("again");
        byte[] blob = Blobs.Random(1, 1000);
        await PushAsync(server.Admin, id, null, blob);
        string session = await StartAsync(server.Admin, id);

        Answer missing = (await server.Admin.PostLinesAsync($"sessions/{session}/negotiate", Offer(blob))).Must(200);

        Assert.Equal(0, Assert.Single(missing.Lines).GetProperty("count").GetInt64());
        (await CommitAsync(server.Admin, session, 1, Put("copy", blob))).Must(200);
    }

    [Fact]
    public async Task Large_files_and_pax_headers_come_through_one_stream_too()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("streams");
        string session = await StartAsync(server.Admin, id);
        byte[][] blobs = [Blobs.Random(1, 3_000_000), Blobs.Random(2, 0), Blobs.Random(3, 1 << 20), Blobs.Random(4, (1 << 20) + 1)];

        (await server.Admin.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs",
            Blobs.Tar(TarEntryFormat.Pax, [.. blobs.Select(blob => ("blobs/" + Blobs.Hash(blob), blob))]))).Must(200);
        (await CommitAsync(server.Admin, session, null, [.. blobs.Select((blob, i) => Put("f" + i, blob))])).Must(200);

        for (int i = 0; i < blobs.Length; i++)
        {
            Assert.Equal(Blobs.Hash(blobs[i]), Blobs.Hash((await server.Admin.GetAsync($"datasets/{id}/entries/f{i}")).Must(200).Bytes));
        }
    }

    [Fact]
    public async Task A_member_that_is_not_what_its_name_says_is_refused_and_those_before_it_are_kept()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("damaged");
        string session = await StartAsync(server.Admin, id);
        byte[] good = Blobs.Random(1, 100);
        byte[] bad = Blobs.Random(2, 100);

        (await server.Admin.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs",
            Blobs.Tar(TarEntryFormat.Ustar, ("blobs/" + Blobs.Hash(good), good), ("blobs/" + Blobs.Hash("else"), bad)))).MustRefuse(400, "digest-mismatch");

        Answer missing = (await server.Admin.PostLinesAsync($"sessions/{session}/negotiate", Offer(good), Offer(bad))).Must(200);
        Assert.Equal(Blobs.Hash(bad), missing.Lines[0].GetString());
        Assert.Equal(2, missing.Lines.Count);
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("blobs/abc")]
    [InlineData("other")]
    public async Task A_member_that_is_no_blob_is_refused(string name)
    {
        await using TestServer server = await TestServer.StartAsync();
        string session = await StartAsync(server.Admin, await server.Admin.DatasetAsync("foreign"));

        (await server.Admin.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar(TarEntryFormat.Ustar, (name, [1])))).MustRefuse(400, "bad-request");
    }

    [Fact]
    public async Task A_stream_without_its_end_keeps_what_came_whole()
    {
        await using TestServer server = await TestServer.StartAsync();
        string session = await StartAsync(server.Admin, await server.Admin.DatasetAsync("cut"));
        byte[] first = Blobs.Random(1, 700);
        byte[] second = Blobs.Random(2, 700);
        byte[] tar = await Blobs.Tar(first, second).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        (await server.Admin.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", new ByteArrayContent(tar[..2100]))).MustRefuse(400, "bad-request");

        Answer missing = (await server.Admin.PostLinesAsync($"sessions/{session}/negotiate", Offer(first), Offer(second))).Must(200);
        Assert.Equal(Blobs.Hash(second), missing.Lines[0].GetString());
        Assert.Equal(2, missing.Lines.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_file_is_uploaded_in_parts_and_resumes_after_an_interruption(bool hashKnown)
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("parts");
        string session = await StartAsync(server.Admin, id);
        byte[] bytes = Blobs.Random(7, 9_500_000);
        string url = $"sessions/{session}/blobs/{(hashKnown ? Blobs.Hash(bytes) : "0123456789abcdef0123456789abcdef")}";
        Task<Answer> Append(int from, int to) => server.Admin.SendAsync(
            HttpMethod.Patch, $"{url}?size={bytes.Length}", new ByteArrayContent(bytes[from..to]), ("Upload-Offset", from.ToString()));

        Assert.Equal("0", (await server.Admin.HeadAsync(url)).Must(204).Headers["Upload-Offset"]);
        Assert.Equal("5000000", (await Append(0, 5_000_000)).Must(204).Headers["Upload-Offset"]);
        Answer wrong = (await Append(4_000_000, 5_000_000)).MustRefuse(409, "conflict");
        Assert.Equal(5_000_000, wrong.Json.GetProperty("offset").GetInt64());
        await server.RestartAsync();
        Assert.Equal("5000000", (await server.Admin.HeadAsync(url)).Must(204).Headers["Upload-Offset"]);
        Answer last = (await Append(5_000_000, bytes.Length)).Must(204);

        string digest = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(Blobs.Hash(bytes)))}:";
        Assert.Equal(bytes.Length.ToString(), last.Headers["Upload-Offset"]);
        Assert.Equal(digest, last.Headers["Repr-Digest"]);
        await server.RestartAsync();
        Answer state = (await server.Admin.HeadAsync(url)).Must(204);
        Assert.Equal(digest, state.Headers["Repr-Digest"]);
        Assert.Equal(bytes.Length.ToString(), state.Headers["Upload-Offset"]);
        (await CommitAsync(server.Admin, session, null, Put("large", bytes))).Must(200);
        Assert.Equal(Blobs.Hash(bytes), Blobs.Hash((await server.Admin.GetAsync($"datasets/{id}/entries/large")).Must(200).Bytes));
    }

    [Fact]
    public async Task A_large_file_that_is_not_what_was_announced_begins_anew()
    {
        await using TestServer server = await TestServer.StartAsync();
        string session = await StartAsync(server.Admin, await server.Admin.DatasetAsync("wrong"));
        string url = $"sessions/{session}/blobs/{Blobs.Hash("else")}";

        (await server.Admin.SendAsync(HttpMethod.Patch, url + "?size=10", new ByteArrayContent(new byte[10]), ("Upload-Offset", "0"))).MustRefuse(400, "digest-mismatch");

        Assert.Equal("0", (await server.Admin.HeadAsync(url)).Must(204).Headers["Upload-Offset"]);
    }

    [Fact]
    public async Task The_second_of_two_concurrent_pushes_gets_a_conflict_and_can_continue_its_session()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("race");
        byte[] first = Blobs.Random(1, 10);
        byte[] second = Blobs.Random(2, 10);
        string session = await StartAsync(server.Admin, id);
        (await server.Admin.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar(second))).Must(200);
        await PushAsync(server.Admin, id, null, first);

        Answer conflict = (await CommitAsync(server.Admin, session, null, Put("second", second))).MustRefuse(409, "conflict");

        Assert.Equal(1, conflict.Json.GetProperty("current").GetInt64());
        Assert.Equal(2, (await CommitAsync(server.Admin, session, 1, Put("second", second))).Must(200).Json.GetProperty("number").GetInt64());
        Assert.Equal(3, (await server.Admin.GetAsync($"datasets/{id}/files")).Lines.Count);
    }

    [Fact]
    public async Task A_put_between_also_counts_as_a_change()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("between");
        byte[] blob = Blobs.Random(1, 10);
        string session = await StartAsync(server.Admin, id);
        (await server.Admin.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar(blob))).Must(200);
        (await server.Admin.PutAsync($"datasets/{id}/entries/b", "between")).Must(201);

        (await CommitAsync(server.Admin, session, null, Put("a", blob))).MustRefuse(409, "conflict");
    }

    [Fact]
    public async Task A_hash_opens_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        byte[] secret = Blobs.Random(1, 2000);
        byte[] nothing = Blobs.Random(2, 2000);
        string adas = await ada.DatasetAsync("hers");
        await PushAsync(ada, adas, null, secret);
        string bobs = await bob.DatasetAsync("his");
        string session = await StartAsync(bob, bobs);

        // Whether the store has the bytes or not, the answers are the same.
        Answer missing = (await bob.PostLinesAsync($"sessions/{session}/negotiate", Offer(secret), Offer(nothing))).Must(200);
        Assert.Equal(new[] { Blobs.Hash(secret), Blobs.Hash(nothing) }.Order(), missing.Lines.SkipLast(1).Select(line => line.GetString()!).Order());
        Answer named = (await CommitAsync(bob, session, null, Put("stolen", secret))).MustRefuse(422, "blob-not-nameable");
        Answer unknown = (await CommitAsync(bob, session, null, Put("stolen", nothing))).MustRefuse(422, "blob-not-nameable");
        Assert.Equal(Mask(named, secret), Mask(unknown, nothing));
        Answer fetched = (await bob.PostLinesAsync($"datasets/{bobs}/fetch", Blobs.Hash(secret))).MustRefuse(404, "not-found");
        Answer foreign = (await bob.PostLinesAsync($"datasets/{bobs}/fetch", Blobs.Hash(nothing))).MustRefuse(404, "not-found");
        Assert.Equal(Mask(fetched, secret), Mask(foreign, nothing));
        (await bob.PostLinesAsync($"datasets/{adas}/fetch", Blobs.Hash(secret))).MustRefuse(404, "not-found");
        (await ada.GetAsync($"sessions/{session}")).MustRefuse(404, "not-found");

        static string Mask(Answer answer, byte[] blob) => answer.Json.GetProperty("detail").GetString()!.Replace(Blobs.Hash(blob), "HASH");
    }

    [Fact]
    public async Task A_push_may_name_what_its_user_may_read_in_a_parent()
    {
        await using TestServer server = await TestServer.StartAsync();
        TestCaller ada = await server.UserAsync("ada");
        TestCaller bob = await server.UserAsync("bob");
        byte[] blob = Blobs.Random(1, 2000);
        string parent = await ada.DatasetAsync("parent");
        await PushAsync(ada, parent, null, blob);
        (await ada.PostAsync($"datasets/{parent}/close", new { })).Must(200);
        (await ada.PutJsonAsync($"datasets/{parent}/grants/user:bob", new { right = "derive" })).Must(200);
        string child = (await bob.PostAsync("datasets", new { name = "child", parents = new[] { new { dataset = "ada/parent" } } })).Must(201).Json.GetProperty("id").GetString()!;

        string session = await StartAsync(bob, child);
        Assert.Single((await bob.PostLinesAsync($"sessions/{session}/negotiate", Offer(blob))).Must(200).Lines);
        (await CommitAsync(bob, session, null, Put("same", blob))).Must(200);

        (await ada.DeleteAsync($"datasets/{parent}/grants/user:bob")).Must(204);
        string later = await StartAsync(bob, child);
        byte[] other = Blobs.Random(1, 2000);
        Assert.Single((await bob.PostLinesAsync($"sessions/{later}/negotiate", Offer(other))).Must(200).Lines);
    }

    [Fact]
    public async Task A_commit_that_was_cut_or_names_a_path_twice_changes_nothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        string id = await server.Admin.DatasetAsync("whole");
        string session = await StartAsync(server.Admin, id);
        byte[] blob = Blobs.Random(1, 10);
        (await server.Admin.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar(blob))).Must(200);

        (await server.Admin.PostLinesAsync($"sessions/{session}/commit", new { changes = 2 }, Put("a", blob))).MustRefuse(400, "invalid-body");
        (await CommitAsync(server.Admin, session, null, Put("a", blob), Put("a", blob))).MustRefuse(400, "invalid-body");
        (await CommitAsync(server.Admin, session, null, Put("a", blob), Put("a/b", blob))).MustRefuse(409, "path-conflict");
        (await CommitAsync(server.Admin, session, null, Put("../a", blob))).MustRefuse(400, "invalid-path");
        (await server.Admin.PostLinesAsync($"sessions/{session}/commit", new { changes = 1 }, new { op = "put", path = "a", kind = "file", unknown = 1 })).MustRefuse(400, "invalid-body");

        Assert.Equal(0, (await server.Admin.GetAsync("datasets/" + id)).Json.GetProperty("snapshots").GetInt64());
    }

    [Fact]
    public async Task A_push_that_was_given_up_is_not_there_any_more()
    {
        await using TestServer server = await TestServer.StartAsync();
        string session = await StartAsync(server.Admin, await server.Admin.DatasetAsync("given-up"));

        (await server.Admin.DeleteAsync("sessions/" + session)).Must(204);

        (await server.Admin.GetAsync("sessions/" + session)).MustRefuse(404, "not-found");
    }

    internal static async Task<string> StartAsync(TestCaller caller, string dataset) =>
        (await caller.PostAsync($"datasets/{dataset}/sessions", new { })).Must(201).Json.GetProperty("id").GetString()!;

    internal static async Task PushAsync(TestCaller caller, string dataset, long? from, params byte[][] blobs)
    {
        string session = await StartAsync(caller, dataset);
        (await caller.SendAsync(HttpMethod.Post, $"sessions/{session}/blobs", Blobs.Tar(blobs))).Must(200);
        (await CommitAsync(caller, session, from, [.. blobs.Select((blob, i) => Put($"f{i}", blob))])).Must(200);
    }

    internal static Task<Answer> CommitAsync(TestCaller caller, string session, long? from, params object[] changes)
    {
        var header = new Dictionary<string, object> { ["changes"] = changes.Length };
        if (from is long number)
        {
            header["base"] = number;
        }

        return caller.PostLinesAsync($"sessions/{session}/commit", [header, .. changes]);
    }

    internal static object Put(string path, byte[] blob) => new { op = "put", path, kind = "file", hash = Blobs.Hash(blob), size = blob.Length };

    private static object Offer(byte[] blob) => new { hash = Blobs.Hash(blob), size = blob.Length };
}
