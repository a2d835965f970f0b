using Hutch.Site.Platform.Servers;

namespace Hutch.Api.Servers;

/// <param name="Name">The question.</param>
/// <param name="IsOrder">True if it changes state.</param>
internal sealed record ServerExchange(string Name, bool IsOrder)
{
    /// <summary>The ticket of the asking server; null for one that has none.</summary>
    public ServerTicket? Ticket { get; set; }
}
