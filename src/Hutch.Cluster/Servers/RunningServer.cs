using Hutch.Site.Platform.Servers;

namespace Hutch.Cluster.Servers;

/// <param name="Epoch">Its epoch: each start has another one.</param>
/// <param name="SilentFor">The time since its last heartbeat.</param>
public sealed record RunningServer(Guid Id, string Name, long Epoch, TimeSpan SilentFor, ServerProgress Progress)
{
    /// <summary>Its address for other servers; null when it has published none.</summary>
    public ServerAddress? Address { get; init; }

    public IReadOnlyList<string> Jobs { get; init; } = [];

    public SiteServer ToSite(Guid self) => new(Id, Name, Id == self, Epoch, SilentFor) { Address = Address, Jobs = Jobs };
}
