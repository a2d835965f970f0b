namespace Hutch.Federation.Reading;

/// <summary>Who reads a dataset through.</summary>
/// <param name="Token">The public part of the token; null for somebody without one.</param>
/// <param name="MayList">Whether this reader may list files: the home tells nobody else of those without a hash.</param>
/// <param name="MayHaveUnhashedAsync">Whether the dataset may have such files.</param>
internal sealed record ListingReader(string? Token, bool MayList, Func<CancellationToken, ValueTask<bool>> MayHaveUnhashedAsync);
