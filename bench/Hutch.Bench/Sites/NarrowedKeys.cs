using System.Globalization;
using System.Net;
using System.Text;
using Hutch.Bench.S3;
using Hutch.Bench.Stores;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Model.NarrowedTokens;

namespace Hutch.Bench.Sites;

/// <summary>Reads with a key that was narrowed without a server beside the same with a token.</summary>
internal static class NarrowedKeys
{
    private static readonly int[] Connections = [1, 16];

    /// <summary>The same files by REST, with a token and with a key that was narrowed twice, to a folder.</summary>
    public static async Task GetAsync(BenchmarkContext context, JoinedSites sites, TimeSpan limit, CancellationToken ct)
    {
        string source = Path.Combine(context.Folder, "narrowed");
        await new FileSet("100 x 4 KiB", 100, 4 << 10).WriteAsync(Path.Combine(source, "raw"), 9000, ct);
        DatasetId dataset = await sites.PushAsync(source, "narrowed", ct);
        string[] paths =
        [
            .. Directory.EnumerateFiles(Path.Combine(source, "raw"), "*.bin", SearchOption.AllDirectories)
                .Select(file => $"/api/v1/datasets/{dataset}/entries/{Path.GetRelativePath(source, file)}"),
        ];
        string token = (await sites.Zone.Client.CreateTokenAsync(new CreateToken { Scopes = ["read"] }, ct)).Token!;
        CreatedToken narrowable =
            await sites.Zone.Client.CreateTokenAsync(new CreateToken { Scopes = ["read", "write"], Narrowable = true }, ct);
        string key = NarrowedToken.Parse(narrowable.Token!).Value
            .Narrow(new TokenRestrictions { Folder = new FolderOfDataset(dataset, DatasetPath.Parse("raw").Value) }).Value
            .Narrow(new TokenRestrictions { Scopes = TokenScopes.Read }).Value.Text;
        var target = new S3Target(
            "rest", new IPEndPoint(IPAddress.Parse(sites.Zone.Server.Address.Host), sites.Zone.Server.Address.Port), null, []);
        foreach (int connections in Connections)
        {
            List<double> withToken = [], withKey = [];
            for (int round = 0; round < (context.IsQuick ? 1 : 5); round++)
            {
                foreach (string secret in round % 2 == 0 ? (string[])[token, key] : [key, token])
                {
                    LoadRequest[] requests = [.. paths.Select(path => new LoadRequest(Head(target, path, secret), HasBody: false, HasAnswerBody: true))];
                    LoadDriver.Run(target, requests, [], connections, TimeSpan.FromSeconds(1));
                    LoadResult result = LoadDriver.Run(target, requests, [], connections, limit);
                    (secret == token ? withToken : withKey).Add(result.Rate);
                }
            }

            context.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"GET of 4 KiB by REST, {connections} connections: with a token {BenchmarkContext.Median(withToken):0}/s, with a key narrowed twice {BenchmarkContext.Median(withKey):0}/s; ratio {BenchmarkContext.MedianRatio(withKey, withToken):0.00} x (aim >= 0.9 x)"));
        }

        Directory.Delete(source, recursive: true);
    }

    private static byte[] Head(S3Target target, string path, string secret) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {target.Address}\r\nAuthorization: Bearer {secret}\r\n\r\n");
}
