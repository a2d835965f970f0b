namespace Hutch.Analysis.Memory;

/// <param name="number">Its number in the series, from 1.</param>
/// <param name="bytes">Its stored bytes, verified.</param>
public readonly ref struct RawFrame(int number, ReadOnlySpan<byte> bytes, IReadOnlyDictionary<string, string>? metadata)
{
    /// <summary>The number in the series, from 1.</summary>
    public int Number { get; } = number;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>The entry's user metadata, or null.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; } = metadata;
}
