using System.Diagnostics;

namespace Hutch.Zone.Credentials;

/// <summary>The text of a new token or link, which exists only until it is returned. It does not appear in logs.</summary>
[DebuggerDisplay("(secret)")]
public sealed class IssuedSecret
{
    private readonly string _text;

    internal IssuedSecret(string text) => _text = text;

    public string Reveal() => _text;

    /// <summary>Returns a constant, never the text.</summary>
    public override string ToString() => "(secret)";
}
