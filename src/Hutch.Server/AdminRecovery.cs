namespace Hutch.Server;

/// <summary>Lets the administrator in again, for a data folder that no server has open.</summary>
public static class AdminRecovery
{
    /// <summary>
    /// Enables the account <c>admin</c>, makes it an administrator again, revokes its tokens and writes a new one into the data folder.
    /// </summary>
    /// <returns>The path of the file with the token.</returns>
    public static async Task<string> RunAsync(ServeOptions options, CancellationToken ct)
    {
        DataFolder.RequireThere(options.DataFolder);
        using DataFolder folder = await DataFolder.OpenAsync(LocalDisk.Instance, options, ct);
        using ILoggerFactory loggers = Loggers.Create(options);
        await using ZoneServices zone = await ZoneServices.OpenAsync(
            LocalDisk.Instance, folder.Path, options.Zone, options.Time, loggers, folder.BeforeFirstAccount, ct);
        return (await zone.RecoverAdminAsync(ct)).Value;
    }
}
