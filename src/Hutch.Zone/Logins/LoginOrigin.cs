using System.Net;

namespace Hutch.Zone.Logins;

/// <summary>Where somebody logs in from.</summary>
/// <param name="Address">The address; null when not by network.</param>
/// <param name="Agent">What the browser calls itself; null when it does not.</param>
public sealed record LoginOrigin(IPAddress? Address, string? Agent)
{
    private const int MaxAgentCharacters = 200;

    /// <summary>The address as text; null for none.</summary>
    internal string? AddressText => Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4().ToString() : Address?.ToString();

    /// <summary>The browser's name as it is kept: short, and without control characters.</summary>
    internal string? AgentText
    {
        get
        {
            string? text = Agent is null ? null : new string([.. Agent.Where(c => !char.IsControl(c)).Take(MaxAgentCharacters)]).Trim();
            return string.IsNullOrEmpty(text) ? null : text;
        }
    }
}
