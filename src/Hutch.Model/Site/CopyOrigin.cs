namespace Hutch.Model.Site;

/// <summary>Where a copy comes from.</summary>
/// <param name="Home">The fingerprint of the home's key.</param>
/// <param name="Epoch">The epoch of the history.</param>
/// <param name="History">The SHA-256 of the history.</param>
public sealed record CopyOrigin(BlobHash Home, long Epoch, BlobHash History);

/// <summary>How a site gave up being the home, for the last time.</summary>
/// <param name="Epoch">The epoch in which it was the home.</param>
/// <param name="History">The SHA-256 of the history of everything that it had accepted.</param>
/// <param name="To">The id of the site that was to be the home next.</param>
public sealed record HomeRelease(long Epoch, BlobHash History, string To);

/// <summary>What a site has promised the home of a dataset: to keep its copy, as the home may give up its own bytes.</summary>
/// <param name="Nonce">The number by which the home has asked.</param>
/// <param name="Home">The fingerprint of the home's key.</param>
public sealed record CopyHold(BlobHash Nonce, BlobHash Home);
