using System.Net;
using System.Text;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Signatures;

namespace Hutch.Federation.Tests.Keys;

/// <summary>One S3 key of the zone opens the sites that it names, and what a site stores of it opens nothing else.</summary>
public sealed class SiteS3KeyTests(ThreeS3Doors doors) : IClassFixture<ThreeS3Doors>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_key_reads_a_private_dataset_at_the_zone_and_at_each_site_until_it_is_revoked()
    {
        CreatedToken key = await doors.KeyAsync("archive", "compute");
        string[] everywhere =
        [
            (await doors.ReadAsync(doors.Zone, key, "us-east-1")).Text, (await doors.ReadAsync(doors.Archive, key, "archive")).Text,
            (await doors.ReadAsync(doors.Compute, key, "compute")).Text,
        ];

        // The answer comes when each connected site knows it.
        await doors.Ada.RevokeTokenAsync(key.Id, Ct);

        Assert.Equal(["photons", "photons", "photons"], everywhere);
        Assert.Equal(403, (await doors.ReadAsync(doors.Zone, key, "us-east-1")).Status);
        Assert.Equal(403, (await doors.ReadAsync(doors.Archive, key, "archive")).Status);
        Assert.Equal(403, (await doors.ReadAsync(doors.Compute, key, "compute")).Status);
    }

    [Fact]
    public async Task A_key_opens_no_site_that_it_does_not_name_and_lists_those_that_it_does()
    {
        CreatedToken one = await doors.KeyAsync("archive");
        CreatedToken lone = await doors.KeyAsync();

        S3Reply elsewhere = await doors.ReadAsync(doors.Compute, one, "compute");

        Assert.Equal((403, "InvalidAccessKeyId"), (elsewhere.Status, elsewhere.Code));
        Assert.Contains("hutch token create --s3 --sites compute", elsewhere.Find("Message"), StringComparison.Ordinal);
        Assert.Equal("InvalidAccessKeyId", (await doors.ReadAsync(doors.Archive, lone, "archive")).Code);
        Assert.Equal(200, (await doors.ReadAsync(doors.Zone, lone, "any-region")).Status);
        OpenedSite opened = Assert.Single(one.Sites!);
        Assert.Equal(("archive", "archive"), (opened.Name, opened.Region));
        TokenInfo[] listed = [.. await doors.Ada.ListTokensAsync(Ct).ToListAsync(Ct)];
        Assert.Equal(["archive"], Assert.Single(listed, token => token.Id == one.Id).Sites);
        Assert.DoesNotContain(listed, static token => token.SiteId is not null);
    }

    [Fact]
    public async Task A_request_for_another_region_is_answered_with_the_right_one()
    {
        CreatedToken key = await doors.KeyAsync("archive");

        S3Reply wrong = await doors.ReadAsync(doors.Archive, key, "us-east-1");
        S3Reply head = await (ThreeS3Doors.Sign(key, "compute") with { Method = HttpMethod.Head }).SendAsync(doors.Archive.S3Address, "/scan");
        S3Reply location = await ThreeS3Doors.Sign(key, "archive").SendAsync(doors.Archive.S3Address, "/scan?location");
        S3Reply list = await ThreeS3Doors.ListAsync(doors.Archive, key, "archive");
        S3Reply atZone = await doors.ReadAsync(doors.Zone, key, "archive");

        Assert.Equal((400, "AuthorizationHeaderMalformed", "archive", "archive"), (wrong.Status, wrong.Code, wrong.Find("Region"), wrong.Region));
        Assert.Equal(
            "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'archive'", wrong.Find("Message"));
        Assert.Equal((400, "archive"), (head.Status, head.Region));
        Assert.Equal("archive", location.Find("LocationConstraint") ?? location.Text[(location.Text.IndexOf("\">", StringComparison.Ordinal) + 2)..].Split('<')[0]);
        Assert.Equal("archive", list.Find("BucketRegion"));
        Assert.Equal(("AuthorizationHeaderMalformed", "us-east-1"), (atZone.Code, atZone.Find("Region")));
    }

    [Fact]
    public async Task A_request_that_was_signed_for_another_host_counts_neither_at_the_site_nor_at_the_zone()
    {
        CreatedToken key = await doors.KeyAsync("archive", "compute");
        CreatedToken lone = await doors.KeyAsync();

        // A hostile site named the region of another one, got this, and passes it on.
        foreach ((SiteServer site, string region) in new[] { (doors.Archive, "archive"), (doors.Zone, "us-east-1") })
        {
            foreach (string host in new[] { doors.Compute.S3Address.Authority, "127.0.0.1", $"localhost:{site.S3Address.Port}", $"scan.{site.S3Address.Authority}" })
            {
                S3Reply relayed = await (ThreeS3Doors.Sign(key, region) with { Host = host }).SendAsync(site.S3Address, "/scan/frame");

                Assert.Equal((host, 403, "AccessDenied"), (host, relayed.Status, relayed.Code));
                Assert.Contains("'s3.names'", relayed.Find("Message"), StringComparison.Ordinal);
            }
        }

        // Nor does one that is signed without the port, as some clients do.
        SignedRequest portless = ThreeS3Doors.Sign(key, "us-east-1") with { SignedHost = "127.0.0.1" };
        S3Reply refused = await portless.SendAsync(doors.Zone.S3Address, "/scan/frame");
        Assert.Equal((403, "AccessDenied"), (refused.Status, refused.Code));
        Assert.Contains("without its port", refused.Find("Message"), StringComparison.Ordinal);
        Assert.Equal(200, (await (portless with { AccessKey = lone.AccessKey!, Secret = lone.SecretKey }).SendAsync(doors.Zone.S3Address, "/scan/frame")).Status);

        S3Reply asBefore = await (ThreeS3Doors.Sign(lone, "us-east-1") with { Host = "any.example.org" }).SendAsync(doors.Zone.S3Address, "/scan/frame");
        Assert.Equal(200, asBefore.Status);
    }

    [Fact]
    public async Task Signature_version_2_is_refused_with_the_reason_for_a_key_that_opens_sites()
    {
        CreatedToken key = await doors.KeyAsync("archive");
        CreatedToken lone = await doors.KeyAsync();

        foreach (SiteServer site in new[] { doors.Zone, doors.Archive })
        {
            S3Reply refused = await ThreeS3Doors.Sign(key, "").SendVersion2Async(site.S3Address, "/scan/frame");

            Assert.Equal(403, refused.Status);
            Assert.Contains("signature_version='s3v4'", refused.Find("Message"), StringComparison.Ordinal);
        }

        Assert.Equal(200, (await ThreeS3Doors.Sign(lone, "").SendVersion2Async(doors.Zone.S3Address, "/scan/frame")).Status);
    }

    [Fact]
    public async Task What_a_site_stores_opens_neither_another_site_nor_the_zone()
    {
        CreatedToken key = await doors.KeyAsync("archive", "compute");
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(doors.Archive.Folder, "s3-signing.keys"), Ct);
        string[] stolen = lines.Single(line => line.Split(' ')[1] == key.Id).Split(' ');
        byte[] today = Convert.FromBase64String(stolen[3])[(7 * 32)..(8 * 32)];
        Assert.Equal(SigV4.SigningKey(key.SecretKey!, DateTime.UtcNow.ToString("yyyyMMdd"), "archive", "s3"), today);

        foreach ((SiteServer site, string own) in new[] { (doors.Compute, "compute"), (doors.Zone, "us-east-1") })
        {
            foreach (string region in new[] { own, "archive", "elsewhere" })
            {
                foreach (string accessKey in new[] { key.AccessKey!, "HK" + stolen[0].ToUpperInvariant() })
                {
                    S3Reply reply = await new SignedRequest(accessKey, region) { SigningKey = today }.SendAsync(site.S3Address, "/scan/frame");
                    Assert.True(reply.Status is 400 or 403, reply.Text);
                }
            }
        }

        Assert.False(ContainsBytes(Path.Combine(doors.Archive.Folder, "zone.db"), today));
        Assert.False(ContainsBytes(Path.Combine(doors.Archive.Folder, "zone.db"), Encoding.ASCII.GetBytes(stolen[3])));
    }

    [Fact]
    public async Task A_site_gets_signing_keys_for_its_own_region_only_and_strangers_get_none()
    {
        CreatedToken key = await doors.KeyAsync("archive", "compute");
        string atArchive = await TokenAtAsync(doors.Archive, key);
        string atCompute = await TokenAtAsync(doors.Compute, key);
        using var archive = new Intruder(await doors.Zone.InviteAsync("unused"), doors.Archive.KeyFile);
        using var stranger = new Intruder(await doors.Zone.InviteAsync("stranger"));

        SigningKeysAnswer got = (await AskAsync(archive.Client, atArchive, atCompute, key.Id)).Value;
        Result<SigningKeysAnswer> refused = await AskAsync(stranger.Client, atArchive);
        Result<SigningKeysAnswer> many = await AskAsync(archive.Client, [.. Enumerable.Repeat(atArchive, SiteProtocol.MaxSigningKeys + 1)]);

        // Compute is no zone, and has keys of its own only.
        using SiteClient compute = await archive.DialAsync(doors.Zone, "compute");
        Result<SigningKeysAnswer> elsewhere = await AskAsync(compute, atCompute);
        Assert.Equal(("archive", atArchive), (got.Region, Assert.Single(got.Keys).Token));
        Assert.Equal(
            [ErrorCode.Forbidden, ErrorCode.BadRequest, ErrorCode.Forbidden],
            new[] { refused, many, elsewhere }.Select(static one => one.Error?.Code));
        await doors.Zone.Admin.RemoveSiteAsync("unused", false, Ct);
        await doors.Zone.Admin.RemoveSiteAsync("stranger", false, Ct);
    }

    [Fact]
    public async Task A_hostile_site_reads_elsewhere_with_a_key_that_opens_it_and_changes_nothing()
    {
        CreatedToken both = await doors.KeyAsync("archive", "compute");
        CreatedToken other = await doors.KeyAsync("compute");
        string mine = await TokenAtAsync(doors.Archive, both);
        string atCompute = await TokenAtAsync(doors.Compute, other);
        using var archive = new Intruder(await doors.Zone.InviteAsync("unused-too"), doors.Archive.KeyFile);

        Assert.True((await archive.ReadHistoryAsync(doors.Scan, mine)).IsOk);
        Assert.False((await archive.ReadHistoryAsync(doors.Scan, atCompute)).IsOk);
        Assert.Equal(HttpStatusCode.Forbidden, await PassAsync(mine));
        Assert.Equal(HttpStatusCode.Unauthorized, await PassAsync(atCompute));
        Assert.Equal(404, await StatusAtZoneAsync());
        await doors.Zone.Admin.RemoveSiteAsync("unused-too", false, Ct);

        async Task<HttpStatusCode> PassAsync(string token)
        {
            using var message = new HttpRequestMessage(
                HttpMethod.Put, new Uri(archive.Client.Root, $"{SiteProtocol.Forwarded}/api/v1/datasets/{doors.Scan}/entries/lie"))
            {
                Content = new StringContent("lie"),
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            message.Headers.Add(SiteProtocol.TokenHeader, token);
            using HttpResponseMessage answer = await archive.Client.SendAsync(message, Ct);
            return answer.StatusCode;
        }

        async Task<int> StatusAtZoneAsync() =>
            (await ThreeS3Doors.Sign(both, "us-east-1").SendAsync(doors.Zone.S3Address, "/scan/lie")).Status;
    }

    [Fact]
    public async Task A_put_away_from_home_says_where_the_dataset_is_at_home_and_a_new_bucket_is_at_home_at_its_site()
    {
        CreatedToken key = await doors.KeyAsync("archive", "compute");
        SignedRequest put = ThreeS3Doors.Sign(key, "archive") with { Method = HttpMethod.Put, Body = "more" };

        S3Reply away = await put.SendAsync(doors.Archive.S3Address, "/scan/more");
        S3Reply made = await (put with { Body = "" }).SendAsync(doors.Archive.S3Address, "/fresh");
        S3Reply stored = await put.SendAsync(doors.Archive.S3Address, "/fresh/more");
        S3Reply atHome = await (put with { Region = "us-east-1" }).SendAsync(doors.Zone.S3Address, "/scan/more");

        S3Reply elsewhere;
        while ((elsewhere = await ThreeS3Doors.Sign(key, "compute").SendAsync(doors.Compute.S3Address, "/fresh/more")).Status == 404)
        {
            await Task.Delay(20, Ct); // The feed brings the name.
        }

        S3Reply awayAtZone;
        while ((awayAtZone = await (put with { Region = "us-east-1" }).SendAsync(doors.Zone.S3Address, "/fresh/more")).Status == 404)
        {
            await Task.Delay(20, Ct);
        }

        Assert.Equal((403, "AccessDenied"), (away.Status, away.Code));
        Assert.Equal((200, "more"), (elsewhere.Status, elsewhere.Text));
        Assert.StartsWith("'ada/fresh' is at home at the site archive. The S3 door passes no changes on", awayAtZone.Find("Message"), StringComparison.Ordinal);
        Assert.StartsWith("'ada/scan' is at home at the site of the zone. The S3 door passes no changes on", away.Find("Message"), StringComparison.Ordinal);
        Assert.Equal((200, 200, 200), (made.Status, stored.Status, atHome.Status));
    }

    /// <summary>The token that the zone made of a key for a site, as its file has it.</summary>
    private static async Task<string> TokenAtAsync(SiteServer site, CreatedToken key) =>
        (await File.ReadAllLinesAsync(Path.Combine(site.Folder, "s3-signing.keys"), Ct)).Single(line => line.Split(' ')[1] == key.Id).Split(' ')[0];

    private static Task<Result<SigningKeysAnswer>> AskAsync(SiteClient zone, params string[] tokens) => zone.CallAsync(
        PeerCalls.SigningKeys, new SigningKeysRequest { Tokens = tokens }, Ct);

    private static bool ContainsBytes(string path, byte[] bytes)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] all = new byte[file.Length];
        file.ReadExactly(all);
        return all.AsSpan().IndexOf(bytes) >= 0;
    }
}
