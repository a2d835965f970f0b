namespace Hutch.Agent.Conversion;

/// <summary>A configuration of fs2od in Hutch's words.</summary>
/// <param name="Yaml">The section <c>agent</c> of <c>hutch.yaml</c>.</param>
/// <param name="Report">What became of each key, in the order of the file.</param>
public sealed record ConvertedConfiguration(string Yaml, IReadOnlyList<ConvertedKey> Report);

/// <summary>The result of the conversion of a key.</summary>
/// <param name="Line">Its line in the file.</param>
/// <param name="Key">The key, with those above it.</param>
/// <param name="Outcome">The result, as a text.</param>
public sealed record ConvertedKey(long Line, string Key, string Outcome);
