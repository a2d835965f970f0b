using System.Text;
using System.Text.RegularExpressions;

namespace Hutch.Cli.Tests.BadInput;

/// <summary>What people typed and what they read, as text that is the same each time: what differs from run to run has a name in capitals.</summary>
internal sealed partial class Transcript(params (string Text, string Name)[] names)
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    internal void Heading(string title) => _text.Append("\n\n").Append(title.ToUpperInvariant()).Append('\n');

    internal void Say(string line) => _text.Append(line).Append('\n');

    /// <summary>One attempt: what it is, what was sent, and what came of it.</summary>
    internal void Scene(string what, string sent, string read, string end)
    {
        _text.Append('\n').Append(what).Append('\n').Append("  ").Append(Named(sent)).Append('\n');
        foreach (string line in Named(read).Split('\n').Where(line => line.Length > 0 && !ProgressPattern().IsMatch(line)))
        {
            _text.Append("  ").Append(line.TrimEnd()).Append('\n');
        }

        _text.Append("  [").Append(end).Append("]\n");
    }

    private string Named(string text)
    {
        foreach ((string secret, string name) in names)
        {
            text = text.Replace(secret, name, StringComparison.Ordinal);
        }

        text = RequestPattern().Replace(FreePattern().Replace(text, "N"), "Request id: ID");
        text = TokenPattern().Replace(text, "TOKEN");
        text = UuidPattern().Replace(HashPattern().Replace(text, "HASH"), "ID");
        return TimePattern().Replace(ShortIdPattern().Replace(text, "ID"), "TIME");
    }

    [GeneratedRegex("^[A-Z][a-z]+  [0-9]")]
    private static partial Regex ProgressPattern();

    // What a disk has free depends on what else was written.
    [GeneratedRegex("[0-9.]+ [kMG]?B(?= (are needed|are free|must stay free))")]
    private static partial Regex FreePattern();

    [GeneratedRegex("Request id: [0-9A-Z:]+")]
    private static partial Regex RequestPattern();

    [GeneratedRegex("hutch_(?:[0-9a-f]{16}_)?[0-9a-f]{16}_[A-Za-z0-9_-]{43}")]
    private static partial Regex TokenPattern();

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex HashPattern();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex UuidPattern();

    [GeneratedRegex(@"\b([0-9a-f]{32}|[0-9a-f]{16})\b")]
    private static partial Regex ShortIdPattern();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")]
    private static partial Regex TimePattern();
}
