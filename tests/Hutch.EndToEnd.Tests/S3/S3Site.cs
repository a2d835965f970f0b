using Amazon.Runtime;
using Amazon.S3;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.S3;

/// <summary>A server that can be killed and started again on its folder, and the AWS SDK for .NET at its S3 door.</summary>
internal sealed class S3Site(string[] options) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ServerProcess? _server;
    private BasicAWSCredentials? _key;

    public ServerProcess Server => _server!;

    public static async Task<S3Site> StartAsync(CancellationToken ct, params string[] options)
    {
        S3Site site = new(options);
        await site.StartAgainAsync(ct);
        using HutchClient admin = new(site.Server.Address, await site.Server.ReadAdminTokenAsync(ct));
        CreatedToken key = await admin.CreateTokenAsync(new CreateToken { S3 = true }, ct);
        site._key = new BasicAWSCredentials(key.AccessKey, key.SecretKey);
        return site;
    }

    /// <summary>Starts the server on the folder as it is.</summary>
    public async Task StartAgainAsync(CancellationToken ct) => _server = await ServerProcess.StartReadyAsync(_folder["data"], ct, options);

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
