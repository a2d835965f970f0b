using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Hutch.DataLad.Annex;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Lfs;

/// <summary>Requests of git-lfs, right and wrong ones: what a program that is no git-lfs could send.</summary>
[SuppressMessage("Security", "CA5351", Justification = "Keys of git-annex are made so.")]
public sealed class LfsTests
{
    private const string Main = "refs/heads/main";

    private static readonly byte[] Content = "a large file"u8.ToArray();

    private static string Oid => Convert.ToHexStringLower(SHA256.HashData(Content));

    private static string Pointer => $"version https://git-lfs.github.com/spec/v1\noid sha256:{Oid}\nsize {Content.Length}\n";

    /// <summary>Clients' case lfs.</summary>
    [Fact]
    public async Task A_file_is_sent_once_and_fetched_from_where_the_answer_says()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: false);

        JsonElement before = await OneAsync(server, id, "upload");
        JsonElement absent = await OneAsync(server, id, "download");
        GitAnswer sent = await PutAsync(server, PathOf(before, "upload"), Content);
        JsonElement after = await OneAsync(server, id, "upload");
        GitAnswer got = await server.GitAsync(
            HttpMethod.Get, PathOf(await OneAsync(server, id, "download"), "download"), server.AdminToken);

        Assert.StartsWith(
            "Basic ", before.GetProperty("actions").GetProperty("upload").GetProperty("header").GetProperty("Authorization").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(404, absent.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal(HttpStatusCode.OK, sent.Status);
        Assert.False(after.TryGetProperty("actions", out _));
        Assert.Equal(Content, got.Body);
    }

    /// <summary>git-lfs sends content before git pushes the commits that create the dataset.</summary>
    [Fact]
    public async Task An_upload_to_a_free_name_creates_the_dataset_for_an_account_that_could_push_there()
    {
        await using GitServer server = await GitServer.StartAsync();
        await server.UserAsync("ann");
        static string Batch(string operation, int size) => $"{{\"operation\":\"{operation}\",\"objects\":[{{\"oid\":\"{Oid}\",\"size\":{size}}}]}}";

        GitAnswer download = await PostAsync(server, "admin/fresh", Batch("download", 12));
        await server.RestAsync(HttpMethod.Put, "owners/admin/quota", new { bytes = 10_000, entries = 2 });
        GitAnswer large = await PostAsync(server, "admin/fresh", Batch("upload", 10001));
        GitAnswer stranger = await server.GitAsync(
            HttpMethod.Post, "git/nobody/fresh/info/lfs/objects/batch", server.AdminToken,
            Encoding.UTF8.GetBytes(Batch("upload", 12)), protocol: null);
        JsonElement upload = await OneAsync(server, "admin/fresh", "upload");
        GitAnswer sent = await PutAsync(server, PathOf(upload, "upload"), Content);

        Assert.Equal(HttpStatusCode.NotFound, download.Status);
        Assert.Contains("quota", MessageOf(large), StringComparison.Ordinal);
        Assert.Contains("There is no user or group", MessageOf(stranger), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, sent.Status);
        Assert.False((await OneAsync(server, "admin/fresh", "upload")).TryGetProperty("actions", out _));
    }

    [Fact]
    public async Task A_pointer_that_is_pushed_is_a_file_of_the_dataset_as_soon_as_its_content_is_here()
    {
        await using GitServer server = await GitServer.StartAsync();
        string first = await server.NewDatasetAsync("first", isPublic: true);
        string last = await server.NewDatasetAsync("last", isPublic: true);
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("100644", "a.bin", pack.AddBlob(Pointer))));
        string upload = $"git/{{0}}/info/lfs/objects/keys/SHA256-s{Content.Length}--{Oid}";

        await PutAsync(server, string.Format(null, upload, first), Content);
        await server.PushAsync(first, pack, (Main, default, commit));
        GitAnswer early = await server.PushAsync(last, pack, (Main, default, commit));
        await PutAsync(server, string.Format(null, upload, last), Content);
        string refs = await server.RefsAsync(last);

        Assert.Equal("a large file", await server.ReadAsync(first, "a.bin"));
        Assert.Contains("Files without content so far: 1", early.Text, StringComparison.Ordinal);
        Assert.Equal("a large file", await server.ReadAsync(last, "a.bin"));
        Assert.Contains($"{commit} {Main}", refs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_git_annex_sends_through_git_lfs_is_found_by_its_own_key()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: false);
        string key = $"MD5E-s{Content.Length}--{Convert.ToHexStringLower(MD5.HashData(Content))}.bin";

        await PutAsync(server, PathOf(await OneAsync(server, id, "upload"), "upload"), Content);

        Assert.Equal(HttpStatusCode.OK, (await server.KeyAsync(id, HttpMethod.Head, key, null)).Status);
    }

    [Fact]
    public async Task Other_content_than_was_announced_is_refused_and_not_kept()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: false);

        GitAnswer other = await PutAsync(server, PathOf(await OneAsync(server, id, "upload"), "upload"), "b large file"u8.ToArray());

        Assert.Equal(HttpStatusCode.BadRequest, other.Status);
        Assert.Contains("other content", MessageOf(other), StringComparison.Ordinal);
        Assert.True((await OneAsync(server, id, "upload")).TryGetProperty("actions", out _));
    }

    [Fact]
    public async Task A_damaged_file_is_refused_alone_and_may_be_sent_again()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: false, ("whole.txt", "whole"));
        await PutAsync(server, PathOf(await OneAsync(server, id, "upload"), "upload"), Content);
        server.Damage(Content);
        string key = $"SHA256-s{Content.Length}--{Oid}";
        GitAnswer read = await server.KeyAsync(id, HttpMethod.Get, key, null);
        string wholeOid = Convert.ToHexStringLower(SHA256.HashData("whole"u8));

        GitAnswer both = await PostAsync(
            server, id,
            $"{{\"operation\":\"download\",\"objects\":[{{\"oid\":\"{Oid}\",\"size\":{Content.Length}}},{{\"oid\":\"{wholeOid}\",\"size\":5}}]}}");
        await PutAsync(server, PathOf(await OneAsync(server, id, "upload"), "upload"), Content);
        GitAnswer again = await server.KeyAsync(id, HttpMethod.Get, key, null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, read.Status);
        Assert.True(both.Status == HttpStatusCode.OK, both.Text);
        JsonElement objects = JsonDocument.Parse(both.Body).RootElement.GetProperty("objects");
        Assert.Equal(503, objects[0].GetProperty("error").GetProperty("code").GetInt32());
        Assert.True(objects[1].GetProperty("actions").TryGetProperty("download", out _));
        Assert.Equal(Content, again.Body);
    }

    [Fact]
    public async Task Each_of_many_files_gets_its_own_answer_in_the_order_of_the_request()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync(
            "data", isPublic: false, [.. Enumerable.Range(0, 50).Select(static i => ($"{i}.txt", $"file {i}"))]);
        string[] oids = [.. Enumerable.Range(0, 100).Select(static i => Convert.ToHexStringLower(SHA256.HashData(
            Encoding.ASCII.GetBytes(i % 2 == 0 ? $"file {i / 2}" : $"absent {i}"))))];
        string wanted = string.Join(',', oids.Select(static (oid, i) =>
            $"{{\"oid\":\"{(i == 99 ? "none" : oid)}\",\"size\":{(i < 20 ? 6 : 7)}}}"));

        GitAnswer answer = await PostAsync(server, id, $"{{\"operation\":\"download\",\"objects\":[{wanted}]}}");

        JsonElement[] objects = [.. JsonDocument.Parse(answer.Body).RootElement.GetProperty("objects").EnumerateArray()];
        Assert.Equal([.. oids[..99], "none"], objects.Select(static one => one.GetProperty("oid").GetString()));
        Assert.Equal(
            Enumerable.Range(0, 100).Select(static i => i == 99 ? 422 : i % 2 == 0 ? 0 : 404),
            objects.Select(static one => one.TryGetProperty("error", out JsonElement error) ? error.GetProperty("code").GetInt32() : 0));
    }

    [Fact]
    public async Task A_response_is_not_cached_and_uses_the_public_address_of_the_server()
    {
        await using GitServer server = await GitServer.StartAsync(publicUrl: new Uri("https://data.example.org/hutch/"));
        string id = await server.NewDatasetAsync("data", isPublic: false);

        GitAnswer answer = await PostAsync(
            server, id, $"{{\"operation\":\"upload\",\"objects\":[{{\"oid\":\"{Oid}\",\"size\":{Content.Length}}}]}}");

        string? address = JsonDocument.Parse(answer.Body).RootElement.GetProperty("objects")[0].GetProperty("actions")
            .GetProperty("upload").GetProperty("href").GetString();
        Assert.Equal($"https://data.example.org/hutch/git/{id}/info/lfs/objects/keys/SHA256-s{Content.Length}--{Oid}", address);
        Assert.Equal("no-store", answer.Caching);
    }

    [Fact]
    public async Task A_request_that_is_not_understood_is_refused_in_words()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: false);
        string many = string.Join(',', Enumerable.Repeat("{\"oid\":\"a\",\"size\":1}", 101));
        (string Body, string Words)[] wrong =
        [
            ("", "not a batch"),
            ("[]", "not a batch"),
            ("{\"operation\":\"remove\"}", "not a batch"),
            ("{\"operation\":\"upload\",\"objects\":[null]}", "not a batch"),
            ("{\"operation\":\"upload\",\"objects\":[{\"oid\":7}]}", "not a batch"),
            ("{\"operation\":\"upload\",\"hash_algo\":\"sha512\"}", "sha256"),
            ("{\"operation\":\"upload\",\"transfers\":[\"tus\"]}", "basic"),
            ($"{{\"operation\":\"upload\",\"objects\":[{many}]}}", "at most 100"),
        ];

        foreach ((string body, string words) in wrong)
        {
            GitAnswer answer = await PostAsync(server, id, body);
            Assert.InRange((int)answer.Status, 400, 499);
            Assert.Contains(words, MessageOf(answer), StringComparison.Ordinal);
        }

        GitAnswer names = await PostAsync(
            server, id, $"{{\"operation\":\"upload\",\"objects\":[{{\"oid\":\"{Oid.ToUpperInvariant()}\",\"size\":1}},{{\"oid\":\"{Oid}\",\"size\":-1}}]}}");
        Assert.All(
            JsonDocument.Parse(names.Body).RootElement.GetProperty("objects").EnumerateArray(),
            static one => Assert.Equal(422, one.GetProperty("error").GetProperty("code").GetInt32()));
        GitAnswer locks = await server.GitAsync(HttpMethod.Post, $"git/{id}/info/lfs/locks/verify", server.AdminToken, "{}"u8.ToArray());
        Assert.Equal(HttpStatusCode.NotImplemented, locks.Status);
        Assert.Contains("no locks", MessageOf(locks), StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_is_no_pointer_and_a_pointer_with_a_byte_changed_is_another_one_or_none()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static noise => LfsPointer.Parse(noise) is null).QuickCheckThrowOnFailure();
        byte[] whole = Encoding.ASCII.GetBytes(Pointer);
        Assert.Equal($"SHA256-s{Content.Length}--{Oid}", LfsPointer.Parse(whole)!.Text);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 0x15;
            Assert.NotEqual(LfsPointer.Parse(whole), LfsPointer.Parse(changed));
        }
    }

    private static Task<GitAnswer> PostAsync(GitServer server, string id, string body) => server.GitAsync(
        HttpMethod.Post, $"git/{id}/info/lfs/objects/batch", server.AdminToken, Encoding.UTF8.GetBytes(body), protocol: null);

    private static Task<GitAnswer> PutAsync(GitServer server, string path, byte[] content) =>
        server.GitAsync(HttpMethod.Put, path, server.AdminToken, content, protocol: null);

    private static async Task<JsonElement> OneAsync(GitServer server, string id, string operation)
    {
        GitAnswer answer = await PostAsync(
            server, id, $"{{\"operation\":\"{operation}\",\"objects\":[{{\"oid\":\"{Oid}\",\"size\":{Content.Length}}}]}}");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return JsonDocument.Parse(answer.Body).RootElement.GetProperty("objects")[0].Clone();
    }

    private static string PathOf(JsonElement one, string action) =>
        new Uri(one.GetProperty("actions").GetProperty(action).GetProperty("href").GetString()!).AbsolutePath[1..];

    private static string MessageOf(GitAnswer answer) => JsonDocument.Parse(answer.Body).RootElement.GetProperty("message").GetString()!;
}
