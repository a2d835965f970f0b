using System.Security.Cryptography;
using System.Text;
using Hutch.S3.Tests.Support;

namespace Hutch.S3.Tests.Operations;

/// <summary>Completions that take long: white space keeps the connection alive, and what goes wrong behind it stands in the document.</summary>
public sealed class CompletionTests : IAsyncLifetime
{
    private const int PartBytes = 5 << 20;

    private readonly HeldDisk _disk = new();
    private TestDoor _door = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await TestDoor.StartAsync(new S3Options { Address = "127.0.0.1:0", StopSeconds = 2, KeepAliveSeconds = 1 }, disk: _disk);
        (await Admin.PutAsync("/box")).Must(200);
    }

    public async ValueTask DisposeAsync()
    {
        _disk.Release();
        await _door.DisposeAsync();
        _disk.Dispose();
    }

    [Fact]
    public async Task White_space_comes_until_the_object_is_there()
    {
        byte[] first = RandomNumberGenerator.GetBytes(PartBytes);
        byte[] last = [1, 2, 3];
        (string target, string document) = await UploadAsync("/box/a b", first, last);

        S3Answer completed = (await CompleteSlowlyAsync(target, document)).Must(200);

        Assert.Matches(@"^<\?xml[^>]*\?>\n +<CompleteMultipartUploadResult", completed.Text);
        Assert.Equal($"{_door.S3.GetLeftPart(UriPartial.Authority)}/box/a%20b", completed.First("Location"));
        byte[] got = (await Admin.GetAsync("/box/a%20b")).Body;
        Assert.Equal((byte[])[.. first, .. last], got);
    }

    [Fact]
    public async Task A_completion_error_after_the_white_space_is_reported_in_the_document()
    {
        (await Admin.PutAsync("/box/a", "there")).Must(200);
        (string target, string document) = await UploadAsync("/box/a", RandomNumberGenerator.GetBytes(PartBytes), [1, 2, 3]);

        S3Answer completed = await CompleteSlowlyAsync(target, document, ("If-None-Match", "*"));

        Assert.Equal((200, "PreconditionFailed"), (completed.Status, completed.First("Code")));
        Assert.Equal(completed.Headers["x-amz-request-id"], completed.First("RequestId"));
        Assert.Equal("there", (await Admin.GetAsync("/box/a")).Text);
    }

    /// <summary>Completes while another put holds up the committer, until the answer has begun.</summary>
    private async Task<S3Answer> CompleteSlowlyAsync(string target, string document, params (string, string)[] headers)
    {
        Task isHeld = _disk.Hold();
        Task<S3Answer> before = Admin.PutAsync("/box/before", "x");
        await isHeld;
        using HttpRequestMessage request = Admin.Sign("POST", target, Encoding.UTF8.GetBytes(document), headers);
        using HttpResponseMessage answer = await _door.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        _disk.Release();
        (await before).Must(200);
        return await S3Answer.ReadAsync(answer);
    }

    /// <summary>Uploads parts, the last first; gives the target of the completion and its document.</summary>
    private async Task<(string Target, string Document)> UploadAsync(string path, params byte[][] parts)
    {
        string escaped = path.Replace(" ", "%20", StringComparison.Ordinal);
        string id = (await Admin.PostAsync($"{escaped}?uploads")).Must(200).First("UploadId")!;
        string document = "";
        for (int number = parts.Length; number > 0; number--)
        {
            string tag = (await Admin.PutAsync($"{escaped}?partNumber={number}&uploadId={id}", parts[number - 1])).Must(200).ETag;
            document = $"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>" + document;
        }

        return ($"{escaped}?uploadId={id}", $"<CompleteMultipartUpload>{document}</CompleteMultipartUpload>");
    }
}
