using System.Text.Json;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Sites;

/// <summary>An institute that has a server of its own joins a zone with what it has: real servers, both killed as soon as it has joined.</summary>
public sealed class JoinWithDataTests : IAsyncLifetime
{
    private const int Datasets = 3; // public, closed, open

    private readonly TemporaryFolder _folder = new();
    private SiteProcess _zone = null!;
    private SiteProcess _institute = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = new SiteProcess("facility", _folder["facility"], ["--set", "server.name=facility"]);
        _institute = new SiteProcess("institute", _folder["institute"], []);
        await Task.WhenAll(_zone.StartAsync(), _institute.StartAsync());
        await _zone.LogInAsync(await _zone.Server.ReadAdminTokenAsync(Ct));
        await _institute.LogInAsync(await _institute.Server.ReadAdminTokenAsync(Ct));
    }

    public async ValueTask DisposeAsync()
    {
        await _institute.DisposeAsync();
        await _zone.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task After_a_join_and_a_kill_of_both_servers_the_zone_knows_all_datasets_with_identical_bytes()
    {
        string before = await _institute.RunShellAsync(
            $$"""
            for i in $(seq {{Datasets}}); do mkdir scan-$i; (cd scan-$i; head -c 200000 /dev/urandom > raw; hutch init --name scan-$i; hutch push) >/dev/null; done
            (hutch share scan-1 --with public; hutch close scan-2; hutch user create carol) > /dev/null
            cat scan-*/raw | sha256sum
            """);
        DatasetId[] made = [.. await _institute.Client.ListDatasetsAsync(ct: Ct).Select(static one => one.Id).ToListAsync(Ct)];
        string accounts = Path.Combine(_folder.Path, "accounts.txt");
        await File.WriteAllTextAsync(accounts, "admin: ada\ncarol: +carol\n", Ct);
        CreatedUser ada = JsonSerializer.Deserialize(await _zone.RunAsync("user", "create", "ada", "--json"), HutchJson.Default.CreatedUser)!;

        string invite = await _zone.RunAsync("site", "invite", "institute", "--accounts", accounts);
        string trial = (await _institute.Person.RunAsync(["site", "join", "--accounts", accounts, "--dry-run"], invite, Ct)).AssertDone().Output;
        (await _institute.Person.RunAsync(["site", "join", "--accounts", accounts], invite, Ct)).AssertDone();
        await Task.WhenAll(_institute.KillAsync().AsTask(), _zone.KillAsync().AsTask());
        await _institute.StartAsync();
        await _zone.StartAsync();
        await _zone.LogInAsync(ada.Token!);
        foreach (DatasetId dataset in made)
        {
            await _zone.UntilAsync(client => client.GetDatasetAsync(dataset, Ct), static one => one.Name.StartsWith("ada/scan-", StringComparison.Ordinal));
        }

        await _institute.LogInAsync((await _zone.RunShellAsync("hutch token create --site institute --scope read --scope write --quiet")).Trim());
        await _institute.UntilAsync(client => client.GetDatasetAsync(made[0], Ct), static one => one.Provisional is null);
        string clone = $"for i in $(seq {Datasets}); do hutch clone --quiet ada/scan-$i again-$i > /dev/null; done; cat again-*/raw | sha256sum";
        string[] after = [await _institute.RunShellAsync(clone), await _zone.RunShellAsync(clone)];
        string open = await _institute.RunShellAsync(
            $"curl --silent --fail {_institute.Server.S3.GetLeftPart(UriPartial.Authority)}/ada.scan-1/raw | cmp - scan-1/raw && echo same");
        DatasetInfo closed = await _institute.Client.ResolveAsync("ada/scan-2", Ct);
        await _institute.RunShellAsync("cd again-3; echo more > more; hutch push --quiet");
        CopyList copies = await _zone.Client.GetCopiesAsync(made[0], Ct);
        SiteWarningsAreEmpty(await _institute.RunShellAsync($"curl --silent {_institute.Server.Address}/health/ready"));

        Assert.Contains("carol (made)", trial.Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal([before, before], after);
        Assert.Equal("same\n", open);
        Assert.Equal(("closed", "institute"), (closed.State, copies.Home));
    }

    private static void SiteWarningsAreEmpty(string health) => Assert.DoesNotContain("name-provisional", health, StringComparison.Ordinal);
}
