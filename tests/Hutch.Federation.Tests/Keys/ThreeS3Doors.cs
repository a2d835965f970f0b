using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Keys;

/// <summary>A zone and two sites, each with an S3 door, and an account with a private dataset at the zone.</summary>
public sealed class ThreeS3Doors : IAsyncLifetime
{
    internal SiteServer Zone { get; private set; } = null!;

    internal SiteServer Archive { get; private set; } = null!;

    internal SiteServer Compute { get; private set; } = null!;

    /// <summary>Ada at the zone, who owns the private dataset.</summary>
    internal HutchClient Ada { get; private set; } = null!;

    internal DatasetId Scan { get; private set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Zone = await SiteServer.StartAsync(hasAllDoors: true);
        Archive = await SiteServer.StartAsync("new", hasAllDoors: true);
        Compute = await SiteServer.StartAsync("new", hasAllDoors: true);
        await Archive.JoinAsync(Zone, "archive");
        await Compute.JoinAsync(Zone, "compute");
        Ada = Zone.With((await Zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct)).Token!);
        Scan = (await Ada.CreateDatasetAsync(new CreateDataset { Name = "scan" }, Ct)).Id;
        await Ada.PutEntryAsync(Scan, "frame", "photons"u8.ToArray(), ct: Ct);
    }

    public async ValueTask DisposeAsync()
    {
        Ada.Dispose();
        await Compute.DisposeAsync();
        await Archive.DisposeAsync();
        await Zone.DisposeAsync();
    }

    /// <summary>A new key of ada's, with which the sites that it opens read the dataset and list it.</summary>
    /// <remarks>A site reads by name through the home before the home's report comes, which a list needs.</remarks>
    internal async Task<CreatedToken> KeyAsync(params string[] sites)
    {
        CreatedToken key = await Ada.CreateTokenAsync(new CreateToken { S3 = true, Sites = sites.Length > 0 ? sites : null }, Ct);
        foreach ((string name, SiteServer site) in new[] { ("archive", Archive), ("compute", Compute) })
        {
            while (sites.Contains(name)
                && (await ReadAsync(site, key, name) is { Status: not 200 } || (await ListAsync(site, key, name)).Find("Name") is null))
            {
                await Task.Delay(20, Ct);
            }
        }

        return key;
    }

    internal Task<S3Reply> ReadAsync(SiteServer site, CreatedToken key, string region) => Sign(key, region).SendAsync(site.S3Address, "/scan/frame");

    internal static Task<S3Reply> ListAsync(SiteServer site, CreatedToken key, string region) => Sign(key, region).SendAsync(site.S3Address, "/");

    internal static SignedRequest Sign(CreatedToken key, string region) => new(key.AccessKey!, region) { Secret = key.SecretKey };
}
