namespace Hutch.Site.Platform.Servers;

/// <summary>A server of the site.</summary>
/// <param name="Id">Its id, which its data folder keeps.</param>
/// <param name="Name">The name of its machine.</param>
/// <param name="IsThis">True for the server that answers.</param>
/// <param name="Starts">A number that rises with each start of any server.</param>
/// <param name="SilentFor">The time since the others last received a sign of life from it.</param>
public sealed record SiteServer(Guid Id, string Name, bool IsThis, long Starts, TimeSpan SilentFor)
{
    /// <summary>The address for the other servers; null when it has published none.</summary>
    public ServerAddress? Address { get; init; }

    /// <summary>The names of the jobs whose leases it has.</summary>
    public IReadOnlyList<string> Jobs { get; init; } = [];
}
