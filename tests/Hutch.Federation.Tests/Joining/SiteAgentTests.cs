using Hutch.Agent;
using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Joining;

/// <summary>The agent of a site of a zone makes datasets at home there, with and without the zone.</summary>
public sealed class SiteAgentTests : IAsyncLifetime
{
    private readonly string _watched = Directory.CreateTempSubdirectory("hutch-agent-").FullName;
    private SiteServer _zone = null!;
    private SiteServer _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync(publicUrl: new Uri("https://zone.example.org"));
        _site = await SiteServer.StartAsync("new", agent: new AgentOptions
        {
            Folders = [new WatchedFolderOptions { Watch = _watched, Visibility = "public" }],
        });
        await _site.JoinAsync(_zone, "beamline");
    }

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        await _zone.DisposeAsync();
        Directory.Delete(_watched, recursive: true);
    }

    [Fact]
    public async Task A_folder_becomes_a_dataset_at_home_at_the_site_which_the_zone_knows_and_keeps_private_but_for_a_link_of_its_own()
    {
        DatasetId id = await PublishAsync("first", "https://zone.example.org/");

        DatasetInfo made = await _zone.Admin.GetDatasetAsync(id, Ct);
        string block = File.ReadAllText(Path.Combine(_watched, "first", "SPA.yml"));

        Assert.Equal("beamline", (await _zone.Admin.GetCopiesAsync(id, Ct)).Home);
        Assert.Equal("private", made.Visibility);
        string secret = block.Split("https://zone.example.org/")[1].Split('#', '\n', '"', '\'')[1];
        using HutchClient stranger = _zone.With(secret);
        Assert.Equal("read", (await stranger.GetDatasetAsync(id, Ct)).YourRight);
    }

    [Fact]
    public async Task A_folder_becomes_a_dataset_while_the_zone_is_away_which_learns_of_it_afterwards()
    {
        await _zone.StopAsync();
        DatasetId id = await PublishAsync("second", "https://hutch.example.org/datasets/");
        await _zone.StartAgainAsync();

        while (!await IsKnownAsync(id))
        {
            await Task.Delay(20, Ct);
        }

        Assert.Equal("beamline", (await _zone.Admin.GetCopiesAsync(id, Ct)).Home);
    }

    /// <summary>Writes a metadata file, and waits for its dataset.</summary>
    private async Task<DatasetId> PublishAsync(string name, string address)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_watched, name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "frame.bin"), name, Ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "SPA.yml"), $"DataId: {name}\n", Ct);
        while (true)
        {
            // Its block is written last.
            if (await _site.Site.FolderRecords.InFolderAsync(folder, Ct) is { } made
                && (await File.ReadAllTextAsync(Path.Combine(folder, "SPA.yml"), Ct)).Contains(address, StringComparison.Ordinal))
            {
                return made.Id;
            }

            await Task.Delay(50, Ct);
        }
    }

    private async Task<bool> IsKnownAsync(DatasetId id)
    {
        try
        {
            await _zone.Admin.GetDatasetAsync(id, Ct);
            return true;
        }
        catch (HutchException)
        {
            return false;
        }
    }
}
