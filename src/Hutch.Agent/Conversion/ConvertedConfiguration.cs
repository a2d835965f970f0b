namespace Hutch.Agent.Conversion;

/// <summary>A configuration of fs2od in Hutch's words.</summary>
/// <param name="Report">The outcome for each key, in the order of the file.</param>
public sealed record ConvertedConfiguration(string Yaml, IReadOnlyList<ConvertedKey> Report);

public sealed record ConvertedKey(long Line, string Key, string Outcome);
