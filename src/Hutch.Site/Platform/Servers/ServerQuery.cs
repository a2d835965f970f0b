namespace Hutch.Site.Platform.Servers;

/// <param name="Text">A path and its parameters, below <see cref="ServerTicket.Path"/>.</param>
/// <param name="IsOrder">True if it changes state: then it is sent by POST, and otherwise by GET.</param>
public readonly record struct ServerQuery(string Text, bool IsOrder = false)
{
    public string Method => IsOrder ? "POST" : "GET";

    /// <summary>A question that changes nothing.</summary>
    public static implicit operator ServerQuery(string text) => new(text);
}
