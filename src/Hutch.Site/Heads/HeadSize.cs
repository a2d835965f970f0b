namespace Hutch.Site.Heads;

/// <summary>How much is in a head.</summary>
/// <param name="Files">Entries.</param>
/// <param name="Bytes">Bytes of the files.</param>
public readonly record struct HeadSize(long Files, long Bytes);
