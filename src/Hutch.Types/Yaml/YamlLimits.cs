namespace Hutch.Types.Yaml;

/// <summary>Size limits of an untrusted YAML document.</summary>
/// <param name="MaxDepth">Levels of nested mappings and lists.</param>
/// <param name="MaxNodes">Values, including repetitions by aliases: a few lines of aliases can represent billions of values.</param>
public sealed record YamlLimits(int MaxBytes = 1 << 20, int MaxDepth = 64, int MaxNodes = 100_000)
{
    /// <summary>The limits of documents that people write for Hutch: types and mappings.</summary>
    public static YamlLimits Written { get; } = new(MaxBytes: 256 << 10, MaxDepth: 32, MaxNodes: 20_000);
}
