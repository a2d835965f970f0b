using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.S3;

/// <summary>A server that can be killed and started again on its folder, and the AWS SDK for .NET at its S3 door.</summary>
internal sealed class S3Site : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _server;
    private BasicAWSCredentials? _key;

    public ServerProcess Server => _server!;

    public static async Task<S3Site> StartAsync(CancellationToken ct)
    {
        S3Site site = new();
        await site.StartAgainAsync(ct);
        CommandLine admin = new(site._folder["home"], site._folder["work"]);
        (await admin.RunAsync(["login", site.Server.Address.ToString()], await site.Server.ReadAdminTokenAsync(ct) + "\n", ct)).AssertDone();
        using var key = JsonDocument.Parse((await admin.RunAsync(ct, "token", "create", "--s3", "--json")).AssertDone().Output);
        site._key = new BasicAWSCredentials(key.RootElement.GetProperty("accessKey").GetString(), key.RootElement.GetProperty("secretKey").GetString());
        return site;
    }

    /// <summary>Starts the server on the folder as it is.</summary>
    public async Task StartAgainAsync(CancellationToken ct) => _server = await ServerProcess.StartReadyAsync(_folder["data"], ct);

    /// <summary>A client that sends nothing twice by itself.</summary>
    public AmazonS3Client Connect() => new(_key, new AmazonS3Config
    {
        ServiceURL = Server.S3.GetLeftPart(UriPartial.Authority),
        ForcePathStyle = true,
        AuthenticationRegion = "us-east-1",
        MaxErrorRetry = 0,
    });

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
