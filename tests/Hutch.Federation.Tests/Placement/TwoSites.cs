using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Placement;

/// <summary>A zone, and a site that is an archive in CZ.</summary>
public sealed class TwoSites : IAsyncLifetime
{
    internal SiteServer Zone { get; private set; } = null!;

    internal SiteServer Archive { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Zone = await SiteServer.StartAsync();
        Archive = await SiteServer.StartAsync("new", hasAllDoors: true);
        await Archive.JoinAsync(Zone, "archive");
        await LabelAsync("archive", ("tier", "archive"), ("country", "CZ"));
    }

    public async ValueTask DisposeAsync()
    {
        await Archive.DisposeAsync();
        await Zone.DisposeAsync();
    }

    /// <summary>Gives a site these labels and no others.</summary>
    internal Task<ZoneSiteInfo> LabelAsync(string site, params (string Name, string Value)[] labels) => Zone.Admin.LabelSiteAsync(
        site, new LabelSite { Labels = labels.ToDictionary(static one => one.Name, static one => one.Value) }, Ct);

    /// <summary>Makes a small dataset.</summary>
    internal static async Task<DatasetId> MakeAsync(HutchClient at, string name, string? type = null, int? days = null)
    {
        DatasetInfo made = await at.CreateDatasetAsync(new CreateDataset { Name = name, Type = type, TransientDays = days }, Ct);
        await at.PutEntryAsync(made.Id, "a.txt", "one"u8.ToArray(), ct: Ct);
        return made.Id;
    }

    /// <summary>Makes a small dataset at the zone, of which the archive has a copy.</summary>
    internal async Task<DatasetId> MakeCopiedAsync(string name)
    {
        DatasetId id = await MakeAsync(Zone.Admin, name);
        await CopyAsync(id);
        return id;
    }

    /// <summary>Has the archive copy a dataset of the zone.</summary>
    internal async Task CopyAsync(DatasetId id)
    {
        await Zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(Zone.Admin, id, "archive", 1);
    }

    /// <summary>A new user of the zone, of whom the archive has heard.</summary>
    internal async Task<HutchClient> UserAsync(string name)
    {
        CreatedUser user = await Zone.Admin.CreateUserAsync(new CreateUser { Name = name }, Ct);
        while (true)
        {
            try
            {
                await Archive.Admin.GetUserAsync(name, Ct);
                return Zone.With(user.Token!);
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    /// <summary>Waits until what a rule says of a dataset is so.</summary>
    internal static async Task<RuleStanding> UntilAsync(HutchClient at, DatasetId dataset, long rule, string state)
    {
        while (true)
        {
            RuleStanding standing = Assert.Single((await at.GetRulesAsync(dataset, Ct)).Items, one => one.Rule.Number == rule);
            if (standing.State == state)
            {
                return standing;
            }

            await Task.Delay(20, Ct);
        }
    }
}
