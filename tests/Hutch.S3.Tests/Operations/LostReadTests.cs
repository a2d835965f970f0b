using System.Security.Cryptography;
using Hutch.S3.Tests.Support;
using Hutch.Zone.Credentials;

namespace Hutch.S3.Tests.Operations;

/// <summary>A download at this door that is under way ends with the token, the account or the right of who gets it, as at the other one.</summary>
public sealed class LostReadTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("token")]
    [InlineData("account")]
    [InlineData("right")]
    public async Task A_running_download_is_cut_when_its_reader_loses_access(string lost)
    {
        await using TestDoor door = await TestDoor.StartAsync();
        S3Caller reader = await door.UserAsync("reader");
        (await door.Admin.PutAsync("/box")).Must(200);
        (await door.Admin.PutAsync("/box/large", RandomNumberGenerator.GetBytes(64 << 20))).Must(200);
        string id = (await door.Site.Records.ReadAsync(queries => queries.DatasetsAfter(0, 1).Single().Id, Ct)).ToString();
        await door.RestAsync(HttpMethod.Put, $"datasets/{id}/grants/user:reader", new { right = "read" });
        using HttpRequestMessage request = reader.Sign("GET", "/admin.box/large", null);
        using HttpResponseMessage answer = await door.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        await using Stream body = await answer.Content.ReadAsStreamAsync(Ct);
        await body.ReadExactlyAsync(new byte[1 << 10], Ct);

        await (lost switch
        {
            "account" => door.RestAsync(HttpMethod.Patch, "users/reader", new { disabled = true }),
            "right" => door.RestAsync(HttpMethod.Delete, $"datasets/{id}/grants/user:reader"),
            _ => door.RestAsync(HttpMethod.Delete, "tokens/" + S3Keys.TokenIdOf(reader.AccessKey!)),
        });

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            // The server notices in its own time. Until then the file is read: too slowly to come to its end, and not so slowly that the server
            // gives up the connection for that.
            var some = new byte[8 << 10];
            while (door.IsBusy("reader") && await body.ReadAsync(some, Ct) > 0)
            {
                await door.RestAsync(HttpMethod.Get, "me");
            }

            await body.CopyToAsync(Stream.Null, Ct);
        });
    }
}
