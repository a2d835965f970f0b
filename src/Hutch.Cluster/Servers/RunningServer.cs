using Hutch.Site.Servers;

namespace Hutch.Cluster.Servers;

/// <summary>A server of the site, as the others see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What operators call it.</param>
/// <param name="Epoch">Which life of it this is: each start has another one.</param>
/// <param name="SilentFor">How long it has said nothing.</param>
/// <param name="Progress">How far it said it was.</param>
public sealed record RunningServer(Guid Id, string Name, long Epoch, TimeSpan SilentFor, ServerProgress Progress)
{
    /// <summary>Where the other servers reach it; null when it has told no address.</summary>
    public ServerAddress? Address { get; init; }

    /// <summary>The jobs of which it has the leases.</summary>
    public IReadOnlyList<string> Jobs { get; init; } = [];

    /// <summary>The same for who asks other servers.</summary>
    /// <param name="self">The server that asks.</param>
    public SiteServer ToSite(Guid self) => new(Id, Name, Id == self, Epoch, SilentFor) { Address = Address, Jobs = Jobs };
}
