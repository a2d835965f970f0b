namespace Hutch.Site.Platform.Servers;

/// <param name="Id">Its id, which its data folder keeps.</param>
/// <param name="Starts">A number that rises with each start of any server.</param>
/// <param name="SilentFor">The time since the others last received a sign of life from it.</param>
public sealed record SiteServer(Guid Id, string Name, bool IsThis, long Starts, TimeSpan SilentFor)
{
    /// <summary>The address for the other servers; null when it has published none.</summary>
    public ServerAddress? Address { get; init; }

    public IReadOnlyList<string> Jobs { get; init; } = [];
}
