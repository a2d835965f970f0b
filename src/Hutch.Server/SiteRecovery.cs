using Hutch.Federation;
using Hutch.Model.Sites;
using Hutch.Model.Zone;

namespace Hutch.Server;

/// <summary>Makes a data folder that no server has open again the site of a zone that it was.</summary>
public static class SiteRecovery
{
    /// <param name="token">A token of the zone for the return of the site.</param>
    public static async Task<Result<JoinedZoneRecord>> RunAsync(ServeOptions options, string token, CancellationToken ct)
    {
        if (!JoinToken.Parse(token).TryGet(out JoinToken? parsed, out HutchError? refusal))
        {
            return refusal;
        }

        DataFolder.RequireThere(options.DataFolder);
        using DataFolder folder = await DataFolder.OpenAsync(LocalDisk.Instance, options, ct);
        using ILoggerFactory loggers = Loggers.Create(options);
        await using ZoneServices zone = await ZoneServices.OpenAsync(
            LocalDisk.Instance, folder.Path, options.Zone, options.Time, loggers, folder.BeforeFirstAccount, ct);
        return await SiteReturn.RunAsync(zone.Sites, LocalDisk.Instance, folder.Path, parsed, options.Time, ct);
    }
}
