using System.Diagnostics;

namespace Hutch.Zone.Credentials;

/// <summary>The text of a new token or link, which exists only until it was handed over. It does not show itself in logs.</summary>
[DebuggerDisplay("(secret)")]
public sealed class IssuedSecret
{
    private readonly string _text;

    internal IssuedSecret(string text) => _text = text;

    /// <summary>The text, for the one answer that hands it over.</summary>
    public string Reveal() => _text;

    /// <summary>Never the text.</summary>
    public override string ToString() => "(secret)";
}
