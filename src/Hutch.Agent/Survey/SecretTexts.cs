using System.Text.RegularExpressions;

namespace Hutch.Agent.Survey;

/// <summary>Removes secrets of Hutch from the content of a metadata file, in any place to which they were copied.</summary>
internal static partial class SecretTexts
{
    public static YamlMap Without(YamlMap map) =>
        new([.. map.Entries.Select(pair => pair with { Value = Without(pair.Value) })], map.Line, map.Column);

    private static YamlValue Without(YamlValue value) => value switch
    {
        YamlMap map => Without(map),
        YamlList list => list with { Items = [.. list.Items.Select(Without)] },
        YamlScalar scalar when Secret.IsMatch(scalar.Text) => scalar with { Text = Secret.Replace(scalar.Text, "(a secret)") },
        _ => value,
    };

    // The form of src/Hutch.Zone/Credentials/Credential.cs, also when truncated.
    [GeneratedRegex("hutch(link|invite|session|login)?_[0-9a-f]{16}_[0-9A-Za-z_-]+")]
    private static partial Regex Secret { get; }
}
