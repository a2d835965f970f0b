namespace Hutch.Federation.Reading;

/// <param name="Token">The public part of the token; null for a reader without one.</param>
/// <param name="MayList">True if this reader may list files: the home lists those without a hash for no others.</param>
/// <param name="MayHaveUnhashedAsync">Returns true if the dataset may have such files.</param>
internal sealed record ListingReader(string? Token, bool MayList, Func<CancellationToken, ValueTask<bool>> MayHaveUnhashedAsync);
