using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Tests.Support;

namespace Hutch.DataLad.Tests.Keys;

/// <summary>Whoever manages a dataset sees what others have sent and no version names, and ends it.</summary>
public sealed class UnreferencedUploadsTests
{
    private const string Main = "refs/heads/main";

    [Fact]
    public async Task A_manager_sees_unreferenced_pushes_and_keys_of_other_users_and_no_referenced_ones()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        string writer = await GrantAsync(server, id, "bob", "write");
        string manager = await GrantAsync(server, id, "mia", "manage");
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("unnamed"), Bytes("unnamed"), writer);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("named"), Bytes("named"), writer);
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("120000", "a.bin", pack.AddBlob($".git/annex/objects/x/y/{KeyOf("named")}/{KeyOf("named")}"))));
        await server.PushAsync(id, pack, (Main, default, commit), writer);
        await server.PartAsync(id, KeyOf("coming"), Bytes("coming")[..3], $"bytes 0-2/{Bytes("coming").Length}", writer);

        JsonElement[] sent = [.. (await server.RestAsync(HttpMethod.Get, $"datasets/{id}/sent", token: manager)).GetProperty("items").EnumerateArray()];

        Assert.Equal(["push", "key"], sent.Select(static one => one.GetProperty("kind").GetString()));
        Assert.Equal("bob", sent[0].GetProperty("by").GetString());
        Assert.Equal(KeyOf("unnamed")[..^4].Replace("SHA256E", "SHA256", StringComparison.Ordinal), sent[1].GetProperty("id").GetString());
        TimeSpan left = sent[1].GetProperty("ends").GetDateTimeOffset() - sent[1].GetProperty("since").GetDateTimeOffset();
        Assert.Equal(TimeSpan.FromDays(30), left);
        Assert.Equal(HttpStatusCode.Forbidden, await server.StatusAsync(HttpMethod.Get, $"datasets/{id}/sent", new { }, writer));
    }

    [Fact]
    public async Task A_manager_ends_a_push_and_a_key_of_others()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        string writer = await GrantAsync(server, id, "bob", "write");
        string manager = await GrantAsync(server, id, "mia", "manage");
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("unnamed"), Bytes("unnamed"), writer);
        await server.PartAsync(id, KeyOf("coming"), Bytes("coming")[..3], $"bytes 0-2/{Bytes("coming").Length}", writer);
        string push = (await server.RestAsync(HttpMethod.Get, $"datasets/{id}/sent", token: manager))
            .GetProperty("items")[0].GetProperty("id").GetString()!;

        HttpStatusCode early = await EndAsync(server, id, KeyOf("unnamed"), manager);
        HttpStatusCode byWriter = await EndAsync(server, id, push, writer);
        HttpStatusCode ended = await EndAsync(server, id, push, manager);
        HttpStatusCode dropped = await EndAsync(server, id, KeyOf("unnamed"), manager);

        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.Forbidden, HttpStatusCode.NoContent, HttpStatusCode.NoContent),
            (early, byWriter, ended, dropped));
        Assert.Equal(HttpStatusCode.NotFound, (await server.KeyAsync(id, HttpMethod.Head, KeyOf("unnamed"), null)).Status);
        Assert.Equal(0, (await server.RestAsync(HttpMethod.Get, $"datasets/{id}/sent", token: manager)).GetProperty("items").GetArrayLength());
        (_, string? offset, _) = await server.PartAsync(id, KeyOf("coming"), [], $"bytes */{Bytes("coming").Length}", writer);
        Assert.Equal("0", offset);
    }

    [Fact]
    public async Task What_a_commit_names_is_not_ended_nor_a_push_into_another_dataset()
    {
        await using GitServer server = await GitServer.StartAsync();
        string id = await server.NewDatasetAsync("data", isPublic: true);
        string other = await server.NewDatasetAsync("other", isPublic: true);
        await server.KeyAsync(id, HttpMethod.Put, KeyOf("named"), Bytes("named"));
        var pack = new PackBuilder();
        ObjectId commit = pack.AddCommit(pack.AddTree(("120000", "a.bin", pack.AddBlob($".git/annex/objects/x/y/{KeyOf("named")}/{KeyOf("named")}"))));
        await server.PushAsync(id, pack, (Main, default, commit));
        await server.PartAsync(other, KeyOf("coming"), Bytes("coming")[..3], $"bytes 0-2/{Bytes("coming").Length}");
        string push = (await server.RestAsync(HttpMethod.Get, $"datasets/{other}/sent")).GetProperty("items")[0].GetProperty("id").GetString()!;

        HttpStatusCode named = await EndAsync(server, id, KeyOf("named"), server.AdminToken);
        HttpStatusCode elsewhere = await EndAsync(server, id, push, server.AdminToken);
        HttpStatusCode nothing = await EndAsync(server, id, KeyOf("never"), server.AdminToken);

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.NotFound, HttpStatusCode.NotFound), (named, elsewhere, nothing));
        Assert.Equal(HttpStatusCode.OK, (await server.KeyAsync(id, HttpMethod.Head, KeyOf("named"), null)).Status);
    }

    private static Task<HttpStatusCode> EndAsync(GitServer server, string id, string sent, string token) =>
        server.StatusAsync(HttpMethod.Delete, $"datasets/{id}/sent/{sent}", new { }, token);

    private static async Task<string> GrantAsync(GitServer server, string id, string user, string right)
    {
        string token = await server.UserAsync(user);
        await server.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:{user}", new { right });
        return token;
    }

    private static byte[] Bytes(string content) => Encoding.UTF8.GetBytes("content " + content);

    private static string KeyOf(string content) =>
        $"SHA256E-s{Bytes(content).Length}--{Convert.ToHexStringLower(SHA256.HashData(Bytes(content)))}.bin";
}
