namespace Hutch.Client.Fetch;

/// <summary>What a drop did.</summary>
/// <param name="Dropped">Files whose bytes are not here any more.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Kept">Files that stay, because the server does not have what is in them; push first.</param>
public sealed record DropOutcome(int Dropped, long Bytes, IReadOnlyList<string> Kept);
