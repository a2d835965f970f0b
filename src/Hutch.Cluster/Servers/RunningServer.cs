using Hutch.Site.Platform.Servers;

namespace Hutch.Cluster.Servers;

/// <summary>A server of the site, as the others see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name for operators.</param>
/// <param name="Epoch">Its epoch: each start has another one.</param>
/// <param name="SilentFor">The time since its last heartbeat.</param>
/// <param name="Progress">Its last reported progress.</param>
public sealed record RunningServer(Guid Id, string Name, long Epoch, TimeSpan SilentFor, ServerProgress Progress)
{
    /// <summary>Its address for other servers; null when it has published none.</summary>
    public ServerAddress? Address { get; init; }

    public IReadOnlyList<string> Jobs { get; init; } = [];

    /// <summary>Returns the same for requests to other servers.</summary>
    /// <param name="self">The id of this server.</param>
    public SiteServer ToSite(Guid self) => new(Id, Name, Id == self, Epoch, SilentFor) { Address = Address, Jobs = Jobs };
}
