namespace Hutch.Cli.Configuration;

/// <summary>A value somebody set.</summary>
/// <param name="Node">The option.</param>
/// <param name="Text">The value as it was written; of a secret's file, its path.</param>
/// <param name="Origin">Where it was written, in words: <c>hutch.yaml line 3</c>, <c>HUTCH_SERVER__HTTP</c>, <c>--http</c>.</param>
/// <param name="IsFile">Whether the text is the path of a file with the secret.</param>
internal sealed record ConfigSetting(ConfigNode Node, string Text, string Origin, bool IsFile);
